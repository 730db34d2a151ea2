// zerod-bench kernel
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "bench/arguments.h"
#include "bench/commands.h"
#include "bench/kernel_report.h"
#include "bench/kernel_run.h"

namespace zerod::bench {
namespace {

// The arguments of `zerod-bench kernel` as typed.
struct KernelArguments {
  std::string optimizer = "adamw";
  std::string codec = "robust";
  std::string dtype = "bf16";
  std::string master;  // empty: 24, or none for fp32 weights
  std::string rounding = "nearest";
  std::string gradient = "bf16";
  std::string elements = "64M";
  std::string threads = "1";
  std::string repetitions = "9";
  bool json = false;
};

void AddKernelOptions(CLI::App* app, KernelArguments* arguments) {
  app->add_option("--optimizer", arguments->optimizer,
                  "adamw, adam, sgdw, sgd or lion; SGD with momentum 0.9")
      ->capture_default_str();
  app->add_option("--codec", arguments->codec, "robust, flash or fp32")->capture_default_str();
  app->add_option("--dtype", arguments->dtype, "of the weights: bf16, fp16 or fp32")
      ->capture_default_str();
  app->add_option(
      "--master", arguments->master,
      "24, 32 or none; unless given 24, and none for fp32 weights, which have no other");
  app->add_option("--rounding", arguments->rounding,
                  "nearest or stochastic; 32-bit masters and fp32 weights take nearest only")
      ->capture_default_str();
  app->add_option("--gradient", arguments->gradient, "bf16, fp16 or fp32")->capture_default_str();
  app->add_option("--elements", arguments->elements, "parameters; K, M, G are 2^10, 2^20, 2^30")
      ->capture_default_str();
  app->add_option("--threads", arguments->threads, "at work at once")->capture_default_str();
  app->add_option("--repetitions", arguments->repetitions, "measured; medians are reported")
      ->capture_default_str();
  app->add_flag("--json", arguments->json, "print one JSON object");
}

// Refuses what the kernels would pass over in silence.
absl::Status CheckMasters(const KernelOptions& options) {
  const bool is_stochastic = options.rounding == MasterRounding::kStochastic;
  if (options.dtype == DType::kFp32 && options.master != MasterFormat::kNone) {
    return absl::InvalidArgumentError(
        absl::StrCat("--master ", MasterFormatName(options.master),
                     ": --dtype fp32 is its own master; give none or leave --master out"));
  }
  if (options.dtype == DType::kFp32 && is_stochastic) {
    return absl::InvalidArgumentError(
        "--rounding stochastic: --dtype fp32 is rounded to nearest; leave --rounding out");
  }
  if (options.master == MasterFormat::k32 && is_stochastic) {
    return absl::InvalidArgumentError(
        "--rounding stochastic: --master 32 is rounded to nearest; give --master 24 or none, or "
        "leave --rounding out");
  }
  return absl::OkStatus();
}

absl::StatusOr<KernelOptions> ParseKernelOptions(const KernelArguments& arguments) {
  KernelOptions options;
  const auto optimizer = ParseOptimizer(arguments.optimizer);
  ZEROD_RETURN_IF_ERROR(Named("--optimizer", optimizer.status()));
  const auto codec = ParseStateCodec(arguments.codec);
  ZEROD_RETURN_IF_ERROR(Named("--codec", codec.status()));
  const auto dtype = ParseDType(arguments.dtype);
  ZEROD_RETURN_IF_ERROR(Named("--dtype", dtype.status()));
  const std::string default_master = *dtype == DType::kFp32 ? "none" : "24";
  const auto master =
      ParseMasterFormat(arguments.master.empty() ? default_master : arguments.master);
  ZEROD_RETURN_IF_ERROR(Named("--master", master.status()));
  const auto gradient_dtype = ParseDType(arguments.gradient);
  ZEROD_RETURN_IF_ERROR(Named("--gradient", gradient_dtype.status()));
  const auto rounding = ParseMasterRounding(arguments.rounding);
  ZEROD_RETURN_IF_ERROR(Named("--rounding", rounding.status()));
  options.optimizer = *optimizer;
  options.hyperparameters = {.lr = 1e-3, .weight_decay = 0.1};
  if (*optimizer == Optimizer::kSgd || *optimizer == Optimizer::kSgdW) {
    options.hyperparameters.momentum = 0.9;
  }
  options.codec = *codec;
  options.dtype = *dtype;
  options.master = *master;
  options.gradient_dtype = *gradient_dtype;
  options.rounding = *rounding;
  ZEROD_RETURN_IF_ERROR(CheckMasters(options));
  ZEROD_ASSIGN_OR_RETURN(options.element_count, ParseCount("--elements", arguments.elements));
  if (options.element_count % kQuantGroupElements != 0 || options.element_count >> 48 != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("--elements ", arguments.elements, " is not a multiple of 32 below 2^48"));
  }
  ZEROD_ASSIGN_OR_RETURN(options.thread_count,
                         ParseSmallCount("--threads", arguments.threads, 1024));
  ZEROD_ASSIGN_OR_RETURN(options.repetition_count,
                         ParseSmallCount("--repetitions", arguments.repetitions, 10000));
  return options;
}

absl::Status RunKernelCommand(const KernelArguments& arguments) {
  ZEROD_ASSIGN_OR_RETURN(const KernelOptions options, ParseKernelOptions(arguments));
  const auto times = RunKernel(options);
  ZEROD_RETURN_IF_ERROR(Named("--elements", times.status()));
  if (arguments.json) {
    std::cout << KernelReportJson(options, *times) << "\n";
  } else {
    std::cout << KernelReportText(options, *times);
  }
  return absl::OkStatus();
}

}  // namespace

std::function<absl::Status()> AddKernelCommand(CLI::App& app) {
  const auto arguments = std::make_shared<KernelArguments>();
  AddKernelOptions(app.add_subcommand("kernel", "the optimizer kernels, in memory"),
                   arguments.get());
  return [arguments] { return RunKernelCommand(*arguments); };
}

}  // namespace zerod::bench
