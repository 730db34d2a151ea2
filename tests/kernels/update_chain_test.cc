#include <gtest/gtest.h>

#include "tests/kernels/test_scale.h"
#include "tests/kernels/update_state.h"

namespace zerod {
namespace {

constexpr std::size_t kCount = 32 * 17;  // one chunk of the fast path, and a group
constexpr std::uint64_t kStepCount = kSanitized ? 20 : 1000;

using Gradients = std::vector<std::vector<std::byte>>;

// One gradient per step. Some stop for a while, so that moments decay through their whole range.
Gradients ChainGradients(DType dtype) {
  std::mt19937 random(7);
  Gradients gradients;
  for (std::uint64_t step = 1; step <= kStepCount; ++step) {
    gradients.emplace_back(kCount * DTypeBytes(dtype));
    FillRandom(step % 200 < 150 ? Values::kOrdinary : Values::kZeros, dtype, kCount, random,
               gradients.back().data());
  }
  return gradients;
}

// 1,000 chained updates: what differs in one bit once differs for ever.
TEST(UpdateChain, EveryTargetStaysEqualToTheReference) {
  const Gradients bf16 = ChainGradients(DType::kBf16);
  const Gradients fp32 = ChainGradients(DType::kFp32);
  std::mt19937 random(8);
  for (const UpdateConfig& config : ChainConfigs()) {
    const Gradients& gradients = config.gradient_dtype == DType::kBf16 ? bf16 : fp32;
    UpdateState start(config, kCount);
    start.FillWeights(Values::kOrdinary, random);
    std::vector<UpdateScalars> scalars;
    for (std::uint64_t step = 1; step <= kStepCount; ++step) {
      scalars.push_back(config.Scalars(step));
    }
    const auto run = [&](auto update) {
      UpdateState state = start;
      for (std::uint64_t step = 1; step <= kStepCount; ++step) {
        UpdateTask task = state.Task(scalars[step - 1]);
        task.gradient = gradients[step - 1].data();
        update(config.Context(step), std::span<const UpdateTask>(&task, 1));
      }
      return state;
    };
    const UpdateState expected = run(UpdateWeightsReference);
    EXPECT_EQ(expected.telemetry.nonfinite_count, 0u) << config.Name();
    ForEachTarget([&](const char* target) {
      std::string difference;
      EXPECT_TRUE(run(UpdateWeights).Equals(expected, &difference))
          << target << ", " << config.Name() << ": " << difference;
    });
    ASSERT_FALSE(::testing::Test::HasFailure());
  }
}

}  // namespace
}  // namespace zerod
