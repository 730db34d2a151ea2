// The kernels' own source, run by fibers on the host: updates straight from contributions, with
// copies of the weights, against a reduction and an update by the definition.
#include <gtest/gtest.h>

#include <algorithm>

#include "kernels/reduce.h"
#include "tests/kernels_cuda/emulated_step.h"
#include "tests/kernels_cuda/mixed_tensors.h"

namespace zerod {
namespace {

// A tensor's contributions, and what their sum is multiplied with.
struct Contributions {
  std::vector<std::vector<std::byte>> bytes;
  std::vector<const std::byte*> sources;
  float scale = 0.3f;

  // The last one begins `offset_bytes` behind an aligned address.
  Contributions(std::size_t count, std::size_t offset_bytes, UpdateState* tensor,
                std::mt19937& random) {
    for (std::size_t i = 0; i < count; ++i) {
      FillTrainingGradient(*tensor, random);
      const std::size_t offset = i + 1 == count ? offset_bytes : 0;
      std::vector<std::byte>& all = bytes.emplace_back(offset + 2 * tensor->valid_count);
      std::copy_n(tensor->gradient.begin(), 2 * tensor->valid_count, all.data() + offset);
      sources.push_back(all.data() + offset);
    }
  }

  void Reduce(UpdateState* tensor) const {
    ReduceContributionsReference({.contributions = sources,
                                  .count = tensor->count,
                                  .valid_count = tensor->valid_count,
                                  .reduced = tensor->gradient.data(),
                                  .scale = scale});
  }
};

// What a case's chunks are, and how many of them the fast path can not read.
struct ContributionsCase {
  std::size_t count;
  std::size_t offset_bytes;
  std::uint64_t leftover_chunks;
};

class EmulatedFusedUpdate : public testing::TestWithParam<UpdatePath> {};

TEST_P(EmulatedFusedUpdate, FromContributionsAndWithCopies) {
  std::mt19937 random(53);
  for (const ContributionsCase& test_case : {
           ContributionsCase{1, 0, 1},  // the last chunk ends in padding
           ContributionsCase{3, 0, 1},
           ContributionsCase{3, 2, 6},
       }) {
    std::vector<UpdateState> expected;
    expected.emplace_back(UpdateConfig{}, 512 * 5 + 100).FillWeights(Values::kOrdinary, random);
    UpdateState& tensor = expected[0];
    std::vector<UpdateState> emulated = expected;
    std::vector<std::vector<std::byte>> copies(2, std::vector<std::byte>(tensor.weights.size()));
    std::byte* const destinations[] = {copies[0].data(), copies[1].data()};
    for (std::uint64_t step = 1; step <= 4; ++step) {
      const Contributions contributions(test_case.count, test_case.offset_bytes, &tensor, random);
      contributions.Reduce(&tensor);
      StepByDefinition(expected, step);
      const UpdateScalars scalars = tensor.config.Scalars(step);
      FusedUpdateTask task = {.task = emulated[0].Task(scalars),
                              .source = {.contributions = contributions.sources.data(),
                                         .count = static_cast<std::uint32_t>(test_case.count),
                                         .scale = contributions.scale,
                                         .valid_count = tensor.valid_count},
                              .copies = {.destinations = destinations, .count = 2}};
      task.task.gradient = nullptr;
      const std::uint64_t fallback_chunks =
          EmulateUpdate(tensor.config.Context(step), {task}, {.path = GetParam(), .warp_count = 2});
      EXPECT_EQ(fallback_chunks,
                GetParam() == UpdatePath::kDefinition ? 0u : test_case.leftover_chunks);
    }
    ExpectSame(expected, emulated);
    EXPECT_TRUE(copies[0] == tensor.weights);
    EXPECT_TRUE(copies[1] == tensor.weights);
  }
}

INSTANTIATE_TEST_SUITE_P(All, EmulatedFusedUpdate,
                         testing::Values(UpdatePath::kDefinition, UpdatePath::kNarrowTable,
                                         UpdatePath::kWideTable, UpdatePath::kBulk));

}  // namespace
}  // namespace zerod
