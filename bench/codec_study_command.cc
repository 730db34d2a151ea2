// zerod-bench codec-study
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "bench/arguments.h"
#include "bench/codec_study_report.h"
#include "bench/commands.h"
#include "zerod/kernels/formats.h"

namespace zerod::bench {
namespace {

// The arguments of `zerod-bench codec-study` as typed.
struct StudyArguments {
  std::vector<std::string> codecs;
  std::vector<std::string> scenarios;
  std::string seeds = "3";
  std::string elements = "8192";
  bool candidates = false;
  bool json = false;
};

struct StudyPlan {
  std::vector<StudyCodec> codecs;
  std::vector<StudyScenario> scenarios;
  StudySize size;
};

void AddStudyOptions(CLI::App* app, StudyArguments* arguments) {
  app->add_option("--codec", arguments->codecs, "only these; all unless given")->delimiter(',');
  app->add_option("--scenario", arguments->scenarios, "only these; all unless given")
      ->delimiter(',');
  app->add_option("--seeds", arguments->seeds, "runs of each; medians are reported")
      ->capture_default_str();
  app->add_option("--elements", arguments->elements, "of the parameter; a multiple of 32")
      ->capture_default_str();
  app->add_flag("--candidates", arguments->candidates,
                "instead of zerod's codecs what was tried in place of the default one");
  app->add_flag("--json", arguments->json, "print one JSON array");
}

absl::Status Named(const char* argument, const absl::Status& status) {
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat(argument, ": ", status.message()));
}

absl::StatusOr<StudyPlan> MakePlan(const StudyArguments& arguments) {
  const auto codecs = arguments.candidates ? CandidateCodecs() : KernelCodecs();
  const auto scenarios = StudyScenarios();
  StudyPlan plan;
  for (const std::string& name : arguments.codecs) {
    const auto codec = FindStudyCodec(codecs, name);
    ZEROD_RETURN_IF_ERROR(Named("--codec", codec.status()));
    plan.codecs.push_back(*codec);
  }
  for (const std::string& name : arguments.scenarios) {
    const auto scenario = FindStudyScenario(name);
    ZEROD_RETURN_IF_ERROR(Named("--scenario", scenario.status()));
    plan.scenarios.push_back(*scenario);
  }
  if (plan.codecs.empty()) plan.codecs.assign(codecs.begin(), codecs.end());
  if (plan.scenarios.empty()) plan.scenarios.assign(scenarios.begin(), scenarios.end());
  ZEROD_ASSIGN_OR_RETURN(const int seed_count, ParseSmallCount("--seeds", arguments.seeds, 1000));
  ZEROD_ASSIGN_OR_RETURN(const int element_count,
                         ParseSmallCount("--elements", arguments.elements, 1 << 24));
  if (element_count % static_cast<int>(kQuantGroupElements) != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("--elements ", arguments.elements, " is not a multiple of 32"));
  }
  plan.size = {.element_count = static_cast<std::size_t>(element_count),
               .seed_count = static_cast<std::uint64_t>(seed_count)};
  return plan;
}

absl::Status RunStudyCommand(const StudyArguments& arguments) {
  ZEROD_ASSIGN_OR_RETURN(const StudyPlan plan, MakePlan(arguments));
  std::vector<StudyRow> rows;
  for (const StudyScenario& scenario : plan.scenarios) {
    const std::vector<StudyRow> more = RunStudyScenario(scenario, plan.codecs, plan.size);
    rows.insert(rows.end(), more.begin(), more.end());
  }
  if (arguments.json) {
    std::cout << StudyReportJson(rows, plan.size) << "\n";
  } else {
    std::cout << StudyReportText(rows);
  }
  return absl::OkStatus();
}

}  // namespace

std::function<absl::Status()> AddCodecStudyCommand(CLI::App& app) {
  const auto arguments = std::make_shared<StudyArguments>();
  AddStudyOptions(
      app.add_subcommand("codec-study", "how far codecs lead updates astray, against binary64"),
      arguments.get());
  return [arguments] { return RunStudyCommand(*arguments); };
}

}  // namespace zerod::bench
