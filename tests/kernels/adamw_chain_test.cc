#include <gtest/gtest.h>

#include <cmath>

#include "tests/kernels/adamw_state.h"
#include "tests/kernels/test_scale.h"

namespace zerod {
namespace {

// 1,000 chained updates: what differs in one bit once differs for ever.
TEST(AdamWChain, ScalarAndSimdStayEqual) {
  constexpr std::size_t kCount = 32 * 17;  // one chunk of the fast path, and a group
  const std::uint64_t step_count = kSanitized ? 50 : 1000;
  for (const AdamWConfig& config : AllConfigs()) {
    std::mt19937 random(7);
    AdamWState start(config, kCount);
    start.FillWeights(Values::kOrdinary, random);
    std::vector<AdamWScalars> scalars;
    std::vector<std::vector<std::byte>> gradients;
    for (std::uint64_t step = 1; step <= step_count; ++step) {
      scalars.push_back(
          MakeAdamWScalars({.lr = 1e-3, .weight_decay = 0.1}, step, step % 3 == 0 ? 0.3f : 1.0f));
      // Some gradients stop for a while, so that moments decay through their whole range.
      start.FillGradient(step % 200 < 150 ? Values::kOrdinary : Values::kZeros, random);
      gradients.push_back(start.gradient);
    }
    const auto run = [&](auto update) {
      AdamWState state = start;
      for (std::uint64_t step = 1; step <= step_count; ++step) {
        state.gradient = gradients[step - 1];
        const AdamWTask task = state.Task(scalars[step - 1]);
        update(UpdateContext{config.codec, config.rounding, MakeStepKey(11, step)},
               std::span(&task, 1));
      }
      return state;
    };
    const AdamWState expected = run(UpdateAdamWReference);
    ForEachTarget([&](const char* target) {
      std::string difference;
      EXPECT_TRUE(run(UpdateAdamW).Equals(expected, &difference))
          << target << ", " << config.Name() << ": " << difference;
    });
    ASSERT_FALSE(::testing::Test::HasFailure());
  }
}

}  // namespace
}  // namespace zerod
