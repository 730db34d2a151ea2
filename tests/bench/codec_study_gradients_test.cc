#include "bench/codec_study_gradients.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace zerod::bench {
namespace {

constexpr std::size_t kCount = 4096;

std::vector<float> GradientsOf(const StudyScenario& scenario, std::uint64_t seed,
                               std::uint64_t step) {
  const auto gradients = StudyGradients(scenario, kCount, seed);
  auto copy = gradients;
  const std::span<const float> values = copy.At(step);
  return {values.begin(), values.end()};
}

// The median over elements of the root mean square of 400 gradients, which the event has not met.
double MedianRms(const StudyScenario& scenario) {
  StudyGradients gradients(scenario, kCount, 1);
  std::vector<double> squares(kCount);
  constexpr int kSteps = 400;
  for (std::uint64_t step = 1; step <= kSteps; ++step) {
    const std::span<const float> values = gradients.At(step);
    for (std::size_t i = 0; i < kCount; ++i) squares[i] += double{values[i]} * values[i] / kSteps;
  }
  std::nth_element(squares.begin(), squares.begin() + kCount / 2, squares.end());
  return std::sqrt(squares[kCount / 2]);
}

TEST(StudyGradientsTest, HaveTheScenariosSize) {
  for (const char* name : {"stationary", "tiny_1e-6", "tiny_1e-7", "lion-flip"}) {
    const StudyScenario scenario = *FindStudyScenario(name);
    EXPECT_NEAR(MedianRms(scenario) / scenario.rms, 1.0, 0.1) << name;
  }
}

TEST(StudyGradientsTest, AreAFunctionOfSeedAndStep) {
  const StudyScenario scenario = *FindStudyScenario("stationary");
  EXPECT_EQ(GradientsOf(scenario, 1, 5), GradientsOf(scenario, 1, 5));
  EXPECT_NE(GradientsOf(scenario, 1, 5), GradientsOf(scenario, 2, 5));
  EXPECT_NE(GradientsOf(scenario, 1, 5), GradientsOf(scenario, 1, 6));
}

// What the event multiplies element `element`'s gradient of `step` with.
double FactorOf(const char* name, std::uint64_t step, std::size_t element) {
  StudyScenario scenario = *FindStudyScenario(name);
  const float with_event = GradientsOf(scenario, 1, step)[element];
  scenario.event = StudyEvent::kNone;
  return with_event / GradientsOf(scenario, 1, step)[element];
}

TEST(StudyGradientsTest, MeetTheirEventHalfway) {
  EXPECT_FLOAT_EQ(FactorOf("shrink", 1500, 1), 1.0);
  EXPECT_FLOAT_EQ(FactorOf("shrink", 1501, 1), 0.1);
  EXPECT_FLOAT_EQ(FactorOf("shrink", 3000, 1), 0.1);
  EXPECT_FLOAT_EQ(FactorOf("shrink", 1501, 0), 1.0);
  EXPECT_FLOAT_EQ(FactorOf("spike", 1500, 7), 1.0);
  EXPECT_FLOAT_EQ(FactorOf("spike", 1501, 7), 2000.0);
  EXPECT_FLOAT_EQ(FactorOf("spike", 1501, 39), 2000.0);
  EXPECT_FLOAT_EQ(FactorOf("spike", 1501, 8), 1.0);
  EXPECT_FLOAT_EQ(FactorOf("spike", 1502, 7), 1.0);
  EXPECT_FLOAT_EQ(FactorOf("dead", 1501, 3), 0.0);
  EXPECT_FLOAT_EQ(FactorOf("dead", 1501, 2), 1.0);
  EXPECT_FLOAT_EQ(FactorOf("lion-flip", 1501, 1), -0.02);
  EXPECT_FLOAT_EQ(FactorOf("vanish", 1501, 2), 0.0);
  EXPECT_FLOAT_EQ(FactorOf("pause", 5980, 2), 0.0);
  EXPECT_FLOAT_EQ(FactorOf("pause", 5981, 2), 1.0);
}

}  // namespace
}  // namespace zerod::bench
