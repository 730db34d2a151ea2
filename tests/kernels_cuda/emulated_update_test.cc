// The kernels' own source, run by fibers on the host, against the definition: tasks and tails,
// pipelines and telemetry, everything but the device's own instructions.
#include <gtest/gtest.h>

#include "kernels/reduce.h"
#include "tests/kernels_cuda/emulated_launch.h"
#include "tests/kernels_cuda/mixed_tensors.h"

namespace zerod {
namespace {

void StepByDefinition(std::vector<UpdateState>& tensors, std::uint64_t step) {
  const UpdateScalars scalars = tensors[0].config.Scalars(step);
  for (UpdateState& tensor : tensors) {
    const UpdateTask task = tensor.Task(scalars);
    UpdateWeightsReference(tensor.config.Context(step), {&task, 1});
  }
}

// One step by the definition, and by emulated kernels on copies of the tensors. Returns how many
// chunks the fast path handed to the definition.
std::uint64_t StepBoth(std::vector<UpdateState>& expected, std::vector<UpdateState>& emulated,
                       std::uint64_t step, const EmulatedShape& shape) {
  const UpdateScalars scalars = expected[0].config.Scalars(step);
  const UpdateContext context = expected[0].config.Context(step);
  std::vector<FusedUpdateTask> tasks;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    emulated[i].gradient = expected[i].gradient;
    tasks.push_back({.task = emulated[i].Task(scalars), .source = {}, .copies = {}});
  }
  for (UpdateState& tensor : expected) {
    const UpdateTask task = tensor.Task(scalars);
    UpdateWeightsReference(context, {&task, 1});
  }
  return EmulateUpdate(context, tasks, shape);
}

void ExpectSame(const std::vector<UpdateState>& expected,
                const std::vector<UpdateState>& emulated) {
  for (std::size_t i = 0; i < expected.size(); ++i) {
    std::string difference;
    ASSERT_TRUE(emulated[i].Equals(expected[i], &difference))
        << "tensor " << i << " of " << expected[i].count << " elements, "
        << expected[i].config.Name() << ": " << difference;
  }
}

// The shapes that tests run in: warps that meet many tasks, in each order, and blocks of several.
const EmulatedShape kShapes[] = {
    {.block_count = 1, .warp_count = 2},
    {.block_count = 3, .warp_count = 1, .interleaved = true},
    {.block_count = 2, .warp_count = 3, .early_copies = true},
};

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
    for (std::size_t length : {32, 8992, 480, 512 * 6}) {
      expected.emplace_back(UpdateConfig{}, length).FillWeights(Values::kOrdinary, random);
    }
    std::vector<UpdateState> emulated;
    for (std::uint64_t step = 1; step <= 54; ++step) {
      for (UpdateState& tensor : expected) FillTrainingGradient(tensor, random);
      if (step <= 50) {  // the first steps' updates are near their bound, or beyond
        StepByDefinition(expected, step);
        emulated = expected;
        continue;
      }
      EXPECT_EQ(StepBoth(expected, emulated, step, path_shape), 0u) << "at step " << step;
    }
    ExpectSame(expected, emulated);
    ASSERT_FALSE(HasFailure());
  }
}

INSTANTIATE_TEST_SUITE_P(All, EmulatedFastPaths,
                         testing::Values(UpdatePath::kNarrowTable, UpdatePath::kWideTable,
                                         UpdatePath::kBulk));

// A tensor's contributions, and what their sum is multiplied with.
struct Contributions {
  std::vector<std::vector<std::byte>> bytes;
  std::vector<const std::byte*> sources;
  float scale = 0.3f;

  Contributions(std::size_t count, UpdateState* tensor, std::mt19937& random) {
    for (std::size_t i = 0; i < count; ++i) {
      FillTrainingGradient(*tensor, random);
      const auto end = static_cast<std::ptrdiff_t>(2 * tensor->valid_count);
      bytes.emplace_back(tensor->gradient.begin(), tensor->gradient.begin() + end);
    }
    for (const std::vector<std::byte>& contribution : bytes) sources.push_back(contribution.data());
  }

  void Reduce(UpdateState* tensor) const {
    ReduceContributionsReference({.contributions = sources,
                                  .count = tensor->count,
                                  .valid_count = tensor->valid_count,
                                  .reduced = tensor->gradient.data(),
                                  .scale = scale});
  }
};

TEST_P(EmulatedPaths, FromContributionsAndWithCopies) {
  std::mt19937 random(53);
  for (std::size_t contribution_count : {1, 3}) {
    std::vector<UpdateState> expected;
    expected.emplace_back(UpdateConfig{}, 512 * 5 + 100).FillWeights(Values::kOrdinary, random);
    UpdateState& tensor = expected[0];
    for (std::uint64_t step = 1; step <= 40; ++step) {  // until updates are well in their bounds
      FillTrainingGradient(tensor, random);
      StepByDefinition(expected, step);
    }
    std::vector<UpdateState> emulated = expected;
    std::vector<std::vector<std::byte>> copies(2, std::vector<std::byte>(tensor.weights.size()));
    std::byte* const destinations[] = {copies[0].data(), copies[1].data()};
    for (std::uint64_t step = 41; step <= 44; ++step) {
      const Contributions contributions(contribution_count, &tensor, random);
      contributions.Reduce(&tensor);
      StepByDefinition(expected, step);
      const UpdateScalars scalars = tensor.config.Scalars(step);
      FusedUpdateTask task = {.task = emulated[0].Task(scalars),
                              .source = {.contributions = contributions.sources.data(),
                                         .count = static_cast<std::uint32_t>(contribution_count),
                                         .scale = contributions.scale,
                                         .valid_count = tensor.valid_count},
                              .copies = {.destinations = destinations, .count = 2}};
      task.task.gradient = nullptr;
      const std::uint64_t fallback_chunks =
          EmulateUpdate(tensor.config.Context(step), {task}, {.path = GetParam(), .warp_count = 2});
      EXPECT_LE(fallback_chunks, 1u);  // the chunk that ends in padding
    }
    ExpectSame(expected, emulated);
    EXPECT_TRUE(copies[0] == tensor.weights);
    EXPECT_TRUE(copies[1] == tensor.weights);
  }
}

INSTANTIATE_TEST_SUITE_P(All, EmulatedPaths,
                         testing::Values(UpdatePath::kDefinition, UpdatePath::kNarrowTable,
                                         UpdatePath::kWideTable, UpdatePath::kBulk));

}  // namespace
}  // namespace zerod
