// The kernels' own source, run by fibers on the host, against the definition: tasks and tails,
// pipelines and telemetry, everything but the device's own instructions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/kernels_cuda/emulated_step.h"
#include "tests/kernels_cuda/mixed_tensors.h"

namespace zerod {
namespace {

// The shapes that tests run in: warps that meet many tasks, in each order, and blocks of several.
const EmulatedShape kShapes[] = {
    {.block_count = 1, .warp_count = 2},
    {.block_count = 3, .warp_count = 1, .interleaved = true},
    {.block_count = 2, .warp_count = 3, .early_copies = true},
};

// Rows of 128 elements, every second one of which never has a gradient.
void ClearOddRows(UpdateState* tensor) {
  constexpr std::ptrdiff_t kRowBytes = 128 * 2;
  const auto end = static_cast<std::ptrdiff_t>(tensor->gradient.size());
  for (std::ptrdiff_t at = kRowBytes; at + kRowBytes <= end; at += 2 * kRowBytes) {
    std::fill_n(tensor->gradient.begin() + at, kRowBytes, std::byte{0});
  }
}

class EmulatedPaths : public testing::TestWithParam<UpdatePath> {};

TEST_P(EmulatedPaths, MixedTensorsInOneLaunch) {
  std::mt19937 random(52);
  const std::vector<UpdateState> start = MixedTensors(12000, random);
  for (const EmulatedShape& shape : kShapes) {
    EmulatedShape path_shape = shape;
    path_shape.path = GetParam();
    std::vector<UpdateState> expected = start;
    std::vector<UpdateState> emulated = start;
    for (std::uint64_t step = 1; step <= 4; ++step) {
      FillMixedGradients(expected, random);
      StepBoth(expected, emulated, step, path_shape);
    }
    ExpectSame(expected, emulated);
    ASSERT_FALSE(HasFailure()) << shape.block_count << " blocks of " << shape.warp_count
                               << " warps";
  }
}

class EmulatedFastPaths : public EmulatedPaths {};

TEST_P(EmulatedFastPaths, TrainingStepsNeedNoDefinition) {
  std::mt19937 random(54);
  for (const EmulatedShape& shape : kShapes) {
    EmulatedShape path_shape = shape;
    path_shape.path = GetParam();
    std::vector<UpdateState> expected;
    for (std::size_t length : {32, 8992, 480, 512 * 6, 4096}) {
      expected.emplace_back(UpdateConfig{}, length).FillWeights(Values::kOrdinary, random);
    }
    std::vector<UpdateState> emulated = expected;
    for (std::uint64_t step = 1; step <= 8; ++step) {
      for (UpdateState& tensor : expected) FillTrainingGradient(tensor, random);
      ClearOddRows(&expected.back());
      EXPECT_EQ(StepBoth(expected, emulated, step, path_shape), 0u) << "at step " << step;
    }
    ExpectSame(expected, emulated);
    ASSERT_FALSE(HasFailure());
  }
}

INSTANTIATE_TEST_SUITE_P(All, EmulatedFastPaths,
                         testing::Values(UpdatePath::kNarrowTable, UpdatePath::kWideTable,
                                         UpdatePath::kBulk));

// Blocks that find no work still fill tables, and meet to add up telemetry.
TEST_P(EmulatedPaths, MoreBlocksThanChunks) {
  std::mt19937 random(55);
  for (bool interleaved : {false, true}) {
    const EmulatedShape shape = {
        .path = GetParam(), .block_count = 5, .warp_count = 2, .interleaved = interleaved};
    std::vector<UpdateState> expected;
    for (std::size_t length : {700, 0, 64}) {
      expected.emplace_back(UpdateConfig{}, length).FillWeights(Values::kOrdinary, random);
    }
    std::vector<UpdateState> emulated = expected;
    for (std::uint64_t step = 1; step <= 2; ++step) {
      for (UpdateState& tensor : expected) FillTrainingGradient(tensor, random);
      StepBoth(expected, emulated, step, shape);
    }
    ExpectSame(expected, emulated);
    ASSERT_FALSE(HasFailure());
  }
}

TEST_P(EmulatedPaths, TasksMayShareTheirTelemetry) {
  std::mt19937 random(56);
  std::vector<UpdateState> expected = MixedTensors(6000, random);
  FillMixedGradients(expected, random);
  std::vector<UpdateState> emulated = expected;
  const UpdateScalars scalars = expected[0].config.Scalars(1);
  const UpdateContext context = expected[0].config.Context(1);
  UpdateTelemetry sum;
  UpdateTelemetry emulated_sum;
  std::vector<FusedUpdateTask> tasks;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    tasks.push_back({.task = emulated[i].Task(scalars), .source = {}, .copies = {}});
    if (i % 5 != 4) tasks[i].task.telemetry = &emulated_sum;  // others in between
    const UpdateTask task = expected[i].Task(scalars);
    UpdateWeightsReference(context, {&task, 1});
    if (i % 5 == 4) continue;
    sum.Merge(expected[i].telemetry);
    expected[i].telemetry = {};
  }
  EmulateUpdate(context, tasks, {.path = GetParam(), .block_count = 2, .warp_count = 3});
  ExpectSame(expected, emulated);
  EXPECT_TRUE(emulated_sum == sum);
  EXPECT_GT(sum.nonfinite_count, 0u);
  EXPECT_GT(sum.unmoved_count, 0u);
}

INSTANTIATE_TEST_SUITE_P(All, EmulatedPaths,
                         testing::Values(UpdatePath::kDefinition, UpdatePath::kNarrowTable,
                                         UpdatePath::kWideTable, UpdatePath::kBulk));

TEST(EmulatedLeftovers, HoldWhatHasBeenAdded) {
  EXPECT_THAT(EmulateLeftovers({}), testing::ElementsAre());
  for (std::uint32_t number : {0, 63, 64, 2047}) {
    EXPECT_THAT(EmulateLeftovers({number}), testing::ElementsAre(number));
  }
  EXPECT_THAT(EmulateLeftovers({63, 64}), testing::ElementsAre(63, 64));
  EXPECT_THAT(EmulateLeftovers({2, 1000, 1001, 2047}), testing::ElementsAre(2, 1000, 1001, 2047));
}

}  // namespace
}  // namespace zerod
