// zerod-bench step
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "bench/arguments.h"
#include "bench/commands.h"
#include "bench/step_run.h"

namespace zerod::bench {
namespace {

// The arguments as typed.
struct StepArguments {
  std::string service;
  std::string elements = "1M";
  std::string tensors = "16";
  std::string threads_per_rank = "1";
  std::string steps = "100";
  std::string repetitions = "9";
  bool json = false;
};

absl::StatusOr<StepOptions> Parse(const StepArguments& arguments) {
  StepOptions options{.service = arguments.service};
  ZEROD_ASSIGN_OR_RETURN(options.element_count, ParseCount("--elements", arguments.elements));
  ZEROD_ASSIGN_OR_RETURN(options.tensor_count,
                         ParseSmallCount("--tensors", arguments.tensors, 100'000));
  ZEROD_ASSIGN_OR_RETURN(options.threads_per_rank,
                         ParseSmallCount("--threads-per-rank", arguments.threads_per_rank, 1024));
  ZEROD_ASSIGN_OR_RETURN(options.step_count,
                         ParseSmallCount("--steps", arguments.steps, 1'000'000));
  ZEROD_ASSIGN_OR_RETURN(options.repetition_count,
                         ParseSmallCount("--repetitions", arguments.repetitions, 10'000));
  if (options.element_count % (32ull * static_cast<std::uint64_t>(options.tensor_count)) != 0) {
    return absl::InvalidArgumentError(absl::StrCat("--elements ", arguments.elements,
                                                   " can't be split into ", arguments.tensors,
                                                   " tensors of whole groups of 32"));
  }
  return options;
}

absl::Status Run(const StepArguments& arguments) {
  ZEROD_ASSIGN_OR_RETURN(const StepOptions options, Parse(arguments));
  ZEROD_ASSIGN_OR_RETURN(const StepTimes times, RunSteps(options));
  std::cout << (arguments.json ? StepReportJson(options, times) + "\n"
                               : StepReportText(options, times));
  return absl::OkStatus();
}

}  // namespace

std::function<absl::Status()> AddStepCommand(CLI::App& app) {
  const auto arguments = std::make_shared<StepArguments>();
  CLI::App* step = app.add_subcommand("step", "whole steps, embedded and in a daemon");
  step->add_option("--service", arguments->service, "a daemon with one rank: unix:PATH")
      ->required();
  step->add_option("--elements", arguments->elements, "parameters; K, M, G are 2^10, 2^20, 2^30")
      ->capture_default_str();
  step->add_option("--tensors", arguments->tensors, "they are split into")->capture_default_str();
  step->add_option("--threads-per-rank", arguments->threads_per_rank,
                   "of the embedded job; the daemon has those it was started with")
      ->capture_default_str();
  step->add_option("--steps", arguments->steps, "per round")->capture_default_str();
  step->add_option("--repetitions", arguments->repetitions, "rounds; medians are reported")
      ->capture_default_str();
  step->add_flag("--json", arguments->json, "print one JSON object");
  return [arguments] { return Run(*arguments); };
}

}  // namespace zerod::bench
