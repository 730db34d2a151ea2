// The failure table at a reduced size.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "bench/codec_study_gradients.h"
#include "bench/codec_study_run.h"
#include "tests/kernels/test_scale.h"

namespace zerod::bench {
namespace {

constexpr StudySize kReduced = {.element_count = kSanitized ? 64 : 1024, .seed_count = 1};

StudyRow RowOf(const StudyScenario& scenario, const char* codec) {
  const StudyCodec chosen = *FindStudyCodec(KernelCodecs(), codec);
  return RunStudyScenario(scenario, std::span(&chosen, 1), kReduced).front();
}

// What the table says of `flash` at the least; below this the study would not see the failures that
// the default codec mends. On `lognormal` only some seeds fail.
double LeastFlashError(absl::string_view scenario) {
  if (scenario == "spike") return 1.0;
  if (scenario == "tiny_1e-6") return 1.0;
  if (scenario == "tiny_1e-7") return 4.0;
  if (scenario == "shrink") return 0.12;
  if (scenario == "shrink_12000") return 0.4;
  if (scenario == "dead_beta2_0.95") return 0.3;
  if (scenario == "lion-flip") return 0.9;
  if (scenario == "vanish") return 1e-5;
  if (scenario == "pause") return 0.3;
  return 0.0;
}

class CodecStudy : public testing::TestWithParam<StudyScenario> {};

TEST_P(CodecStudy, DefaultCodecMeetsTheGoalAndFlashFails) {
  const StudyRow robust = RowOf(GetParam(), "robust");
  EXPECT_LE(robust.error, GetParam().goal.value_or(1.0));
  EXPECT_GE(RowOf(GetParam(), "flash").error, LeastFlashError(GetParam().name));
}

TEST_P(CodecStudy, UnquantisedMomentsTrackBinary64) {
  EXPECT_LT(RowOf(GetParam(), "fp32").error, 1e-3);
}

INSTANTIATE_TEST_SUITE_P(Scenarios, CodecStudy,
                         testing::ValuesIn(StudyScenarios().begin(), StudyScenarios().end()),
                         [](const auto& info) {
                           std::string name(info.param.name);
                           std::erase_if(name, [](char c) { return c == '-' || c == '.'; });
                           return name;
                         });

TEST(CodecStudyRows, AreMediansOverSeeds) {
  StudyScenario scenario = *FindStudyScenario("stationary");
  scenario.step_count = 60;
  const StudyCodec codec = *FindStudyCodec(KernelCodecs(), "robust");
  const StudySize size = {.element_count = 64, .seed_count = 3};
  const StudyRow row = RunStudyScenario(scenario, std::span(&codec, 1), size).front();
  std::vector<double> sorted = row.errors;
  std::ranges::sort(sorted);
  ASSERT_EQ(sorted.size(), 3u);
  EXPECT_LT(sorted[0], row.error);
  EXPECT_EQ(sorted[1], row.error);
  EXPECT_LT(row.error, sorted[2]);
  EXPECT_GT(row.max_update, 0.5);
}

// The driver of candidates is the kernels' reference again; so what it says of the others holds.
TEST(CodecStudyCandidates, DefaultCodecGivesTheKernelsBits) {
  for (const char* name : {"stationary", "lion-flip"}) {
    const StudyScenario scenario = *FindStudyScenario(name);
    const UpdateRule rule = RuleOf(scenario.optimizer, true);
    constexpr std::size_t kCount = 256;
    const auto kernel = FindStudyCodec(KernelCodecs(), "robust")->make(rule, kCount);
    const auto candidate = FindStudyCodec(CandidateCodecs(), "robust")->make(rule, kCount);
    StudyGradients gradients(scenario, kCount, 1);
    for (std::uint64_t step = 1; step <= 100; ++step) {
      const StudyStep study_step = {
          .key = MakeStepKey(1, step),
          .gradients = gradients.At(step),
          .scalars = MakeUpdateScalars(scenario.optimizer, {.lr = 1.0, .beta2 = scenario.beta2},
                                       step, 1.0f)};
      kernel->Step(study_step);
      candidate->Step(study_step);
      ASSERT_THAT(candidate->weights(), testing::ElementsAreArray(kernel->weights()))
          << name << ", step " << step;
    }
    EXPECT_EQ(candidate->max_update(), kernel->max_update());
  }
}

}  // namespace
}  // namespace zerod::bench
