#include "bench/codec_study_error.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace zerod::bench {
namespace {

// 60 steps: the measured ones are 59 and 60, an event's last steps before are 29 and 30.
StudyScenario Scenario(StudyEvent event, StudyMeasure measure) {
  return {.name = "test", .step_count = 60, .event = event, .measure = measure};
}

// The error where every step's exact updates are 3 and 4, and the codec's are `first` and `second`.
double ErrorOf(const StudyScenario& scenario, float first, float second) {
  StudyError error(scenario);
  const std::vector<float> weights = {-first, -second};
  const std::vector<double> exact = {3.0, 4.0};
  for (std::uint64_t step = 1; step <= scenario.step_count; ++step) {
    if (error.Wants(step)) error.Add(step, {.weights = weights, .exact = exact});
  }
  return error.Value();
}

TEST(StudyErrorTest, OfUpdatesIsRelativeToTheExactOnes) {
  const StudyScenario scenario = Scenario(StudyEvent::kNone, StudyMeasure::kUpdate);
  EXPECT_DOUBLE_EQ(ErrorOf(scenario, 3.0f, 4.0f), 0.0);
  EXPECT_DOUBLE_EQ(ErrorOf(scenario, 4.0f, 4.0f), 0.2);
  EXPECT_DOUBLE_EQ(ErrorOf(scenario, 4.0f, 3.0f), std::sqrt(2.0) / 5.0);
}

TEST(StudyErrorTest, OfAffectedElementsLeavesTheOthersOutOfTheNumerator) {
  const StudyScenario scenario = Scenario(StudyEvent::kHalfStops, StudyMeasure::kAffected);
  EXPECT_DOUBLE_EQ(ErrorOf(scenario, 9.0f, 4.0f), 0.0);
  EXPECT_DOUBLE_EQ(ErrorOf(scenario, 3.0f, 5.0f), 0.2);
}

TEST(StudyErrorTest, OfSignsIsTheShareOfWrongOnes) {
  const StudyScenario all = Scenario(StudyEvent::kAllStop, StudyMeasure::kWrongSigns);
  EXPECT_DOUBLE_EQ(ErrorOf(all, 3.0f, -4.0f), 0.5);
  const StudyScenario half = Scenario(StudyEvent::kHalfReverses, StudyMeasure::kWrongSigns);
  EXPECT_DOUBLE_EQ(ErrorOf(half, -3.0f, 4.0f), 0.0);
  EXPECT_DOUBLE_EQ(ErrorOf(half, 3.0f, -4.0f), 1.0);
}

TEST(StudyErrorTest, OfWhatRemainsIsRelativeToTheStepsBeforeTheEvent) {
  const StudyScenario scenario = Scenario(StudyEvent::kAllStop, StudyMeasure::kRemaining);
  StudyError error(scenario);
  const std::vector<double> before = {3.0, 4.0};
  const std::vector<double> after = {0.0, 0.0};
  const std::vector<float> kept = {0.5f, 0.0f};
  EXPECT_FALSE(error.Wants(28));
  EXPECT_FALSE(error.Wants(31));
  EXPECT_FALSE(error.Wants(58));
  for (const std::uint64_t step : {29, 30}) {
    ASSERT_TRUE(error.Wants(step));
    error.Add(step, {.weights = std::vector<float>{-9.0f, -9.0f}, .exact = before});
  }
  for (const std::uint64_t step : {59, 60}) {
    ASSERT_TRUE(error.Wants(step));
    error.Add(step, {.weights = kept, .exact = after});
  }
  EXPECT_DOUBLE_EQ(error.Value(), 0.1);
}

}  // namespace
}  // namespace zerod::bench
