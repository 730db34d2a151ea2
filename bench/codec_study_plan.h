#ifndef ZEROD_BENCH_CODEC_STUDY_PLAN_H_
#define ZEROD_BENCH_CODEC_STUDY_PLAN_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "bench/codec_study_run.h"

namespace zerod::bench {

// The arguments of `zerod-bench codec-study` as typed.
struct StudyArguments {
  std::vector<std::string> codecs;     // all if empty
  std::vector<std::string> scenarios;  // all if empty
  std::string seeds = "3";
  std::string first_seed = "7";
  std::string elements = "8192";
  // Instead of the scenarios' own.
  std::optional<double> beta2;
  std::optional<double> noise;
  std::optional<std::string> steps;
  bool candidates = false;
  bool json = false;
};

struct StudyPlan {
  std::vector<StudyCodec> codecs;
  std::vector<StudyScenario> scenarios;
  StudySize size;
};

// kInvalidArgument names the argument and what is wrong with it.
absl::StatusOr<StudyPlan> MakeStudyPlan(const StudyArguments& arguments);

}  // namespace zerod::bench

#endif  // ZEROD_BENCH_CODEC_STUDY_PLAN_H_
