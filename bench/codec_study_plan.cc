#include "bench/codec_study_plan.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "bench/arguments.h"
#include "zerod/kernels/formats.h"

namespace zerod::bench {
namespace {

constexpr int kLeastSteps = 300;  // of which a pause still leaves one to measure

absl::Status CheckDistinct(absl::string_view argument, std::vector<std::string> names) {
  std::ranges::sort(names);
  const auto twice = std::ranges::adjacent_find(names);
  if (twice == names.end()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(argument, ": '", *twice, "' is given twice; name it once"));
}

absl::StatusOr<std::vector<StudyCodec>> ChooseCodecs(const StudyArguments& arguments) {
  const auto all = arguments.candidates ? CandidateCodecs() : KernelCodecs();
  if (arguments.codecs.empty()) return std::vector<StudyCodec>(all.begin(), all.end());
  ZEROD_RETURN_IF_ERROR(CheckDistinct("--codec", arguments.codecs));
  std::vector<StudyCodec> chosen;
  for (const std::string& name : arguments.codecs) {
    const auto codec = FindStudyCodec(all, name);
    ZEROD_RETURN_IF_ERROR(Named("--codec", codec.status()));
    chosen.push_back(*codec);
  }
  return chosen;
}

absl::StatusOr<std::vector<StudyScenario>> ChooseScenarios(const StudyArguments& arguments) {
  const auto all = StudyScenarios();
  if (arguments.scenarios.empty()) return std::vector<StudyScenario>(all.begin(), all.end());
  ZEROD_RETURN_IF_ERROR(CheckDistinct("--scenario", arguments.scenarios));
  std::vector<StudyScenario> chosen;
  for (const std::string& name : arguments.scenarios) {
    const auto scenario = FindStudyScenario(name);
    ZEROD_RETURN_IF_ERROR(Named("--scenario", scenario.status()));
    chosen.push_back(*scenario);
  }
  return chosen;
}

// A goal is asked for under its scenario's own settings only, so that it goes with them.
absl::Status Override(const StudyArguments& arguments, std::vector<StudyScenario>* scenarios) {
  const std::optional<double> beta2 = arguments.beta2;
  const std::optional<double> noise = arguments.noise;
  const std::optional<std::string>& steps = arguments.steps;
  if (beta2.has_value() && !(*beta2 > 0.0 && *beta2 < 1.0)) {
    return absl::InvalidArgumentError(absl::StrCat("--beta2 ", *beta2, " is not between 0 and 1"));
  }
  if (noise.has_value() && !(*noise >= 0.0 && *noise <= 1e9)) {
    return absl::InvalidArgumentError(absl::StrCat("--noise ", *noise, " is not from 0 to 1e9"));
  }
  int step_count = 0;
  if (steps.has_value()) {
    ZEROD_ASSIGN_OR_RETURN(step_count, ParseSmallCount("--steps", *steps, 1'000'000));
    if (step_count < kLeastSteps) {
      return absl::InvalidArgumentError(
          absl::StrCat("--steps ", *steps, " is below ", kLeastSteps));
    }
  }
  for (StudyScenario& scenario : *scenarios) {
    scenario.beta2 = beta2.value_or(scenario.beta2);
    scenario.noise = noise.value_or(scenario.noise);
    if (steps.has_value()) scenario.step_count = static_cast<std::uint64_t>(step_count);
    if (beta2.has_value() || noise.has_value() || steps.has_value()) scenario.goal.reset();
  }
  return absl::OkStatus();
}

absl::StatusOr<StudySize> ParseSize(const StudyArguments& arguments) {
  ZEROD_ASSIGN_OR_RETURN(const int seed_count, ParseSmallCount("--seeds", arguments.seeds, 1000));
  ZEROD_ASSIGN_OR_RETURN(const int first_seed,
                         ParseSmallCount("--first-seed", arguments.first_seed, 1'000'000));
  ZEROD_ASSIGN_OR_RETURN(const int element_count,
                         ParseSmallCount("--elements", arguments.elements, 1 << 24));
  if (element_count % static_cast<int>(kQuantGroupElements) != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("--elements ", arguments.elements, " is not a multiple of 32"));
  }
  return StudySize{.element_count = static_cast<std::size_t>(element_count),
                   .seed_count = static_cast<std::uint64_t>(seed_count),
                   .first_seed = static_cast<std::uint64_t>(first_seed)};
}

}  // namespace

absl::StatusOr<StudyPlan> MakeStudyPlan(const StudyArguments& arguments) {
  StudyPlan plan;
  ZEROD_ASSIGN_OR_RETURN(plan.codecs, ChooseCodecs(arguments));
  ZEROD_ASSIGN_OR_RETURN(plan.scenarios, ChooseScenarios(arguments));
  ZEROD_RETURN_IF_ERROR(Override(arguments, &plan.scenarios));
  ZEROD_ASSIGN_OR_RETURN(plan.size, ParseSize(arguments));
  return plan;
}

}  // namespace zerod::bench
