// zerod-bench codec-study
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "bench/codec_study_plan.h"
#include "bench/codec_study_report.h"
#include "bench/commands.h"

namespace zerod::bench {
namespace {

// What there is to choose from, for the end of the help.
std::string HelpOfNames() {
  std::string text = "Codecs:\n";
  for (const StudyCodec& codec : KernelCodecs()) {
    absl::StrAppendFormat(&text, "  %-15s %s\n", codec.name, codec.meaning);
  }
  absl::StrAppend(&text, "Codecs with --candidates:\n");
  for (const StudyCodec& codec : CandidateCodecs()) {
    absl::StrAppendFormat(&text, "  %-15s %s\n", codec.name, codec.meaning);
  }
  const auto append_name = [](std::string* names, const StudyScenario& scenario) {
    absl::StrAppend(names, scenario.name);
  };
  return absl::StrCat(text, "Scenarios:\n  ", absl::StrJoin(StudyScenarios(), "\n  ", append_name));
}

void AddChoices(CLI::App* app, StudyArguments* arguments) {
  app->add_option("--codec", arguments->codecs, "only these, comma-separated; all unless given")
      ->delimiter(',')
      ->type_name("NAME,...");
  app->add_option("--scenario", arguments->scenarios,
                  "only these, comma-separated; all unless given")
      ->delimiter(',')
      ->type_name("NAME,...");
  app->add_flag("--candidates", arguments->candidates,
                "instead of zerod's codecs what was tried in place of the default one");
}

void AddSettings(CLI::App* app, StudyArguments* arguments) {
  app->add_option("--seeds", arguments->seeds, "runs of each; medians are reported")
      ->capture_default_str();
  app->add_option("--first-seed", arguments->first_seed, "the others are the numbers after it")
      ->capture_default_str();
  app->add_option("--elements", arguments->elements, "of the parameter; a multiple of 32")
      ->capture_default_str();
  app->add_option("--beta2", arguments->beta2,
                  "instead of the scenarios' own, which then have no goal");
  app->add_option("--noise", arguments->noise,
                  "a gradient's standard deviation in units of its mean; likewise");
  app->add_option("--steps", arguments->steps, "likewise; from 300 on");
  app->add_flag("--json", arguments->json, "print one JSON array");
}

absl::Status RunStudyCommand(const StudyArguments& arguments) {
  ZEROD_ASSIGN_OR_RETURN(const StudyPlan plan, MakeStudyPlan(arguments));
  std::vector<StudyRow> rows;
  for (const StudyScenario& scenario : plan.scenarios) {
    const std::vector<StudyRow> more = RunStudyScenario(scenario, plan.codecs, plan.size);
    rows.insert(rows.end(), more.begin(), more.end());
  }
  if (arguments.json) {
    std::cout << StudyReportJson(rows, plan.size) << "\n";
  } else {
    std::cout << StudyReportText(rows, plan.size);
  }
  return absl::OkStatus();
}

}  // namespace

std::function<absl::Status()> AddCodecStudyCommand(CLI::App& app) {
  const auto arguments = std::make_shared<StudyArguments>();
  CLI::App* study =
      app.add_subcommand("codec-study", "how far codecs lead updates astray, against binary64");
  AddChoices(study, arguments.get());
  AddSettings(study, arguments.get());
  study->footer(HelpOfNames());
  return [arguments] { return RunStudyCommand(*arguments); };
}

}  // namespace zerod::bench
