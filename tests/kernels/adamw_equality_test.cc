#include <gtest/gtest.h>

#include "tests/kernels/adamw_state.h"
#include "tests/kernels/test_scale.h"

namespace zerod {
namespace {

const AdamWHyperparameters kHyperparameters = {
    .lr = 1e-2, .beta1 = 0.9, .beta2 = 0.95, .eps = 1e-8, .weight_decay = 0.1};

// Updates copies of `state` by the reference and by every target; they must stay the same. Returns
// the updated state.
AdamWState ExpectSameUpdate(const AdamWState& state, std::uint64_t step) {
  const AdamWScalars scalars = MakeAdamWScalars(kHyperparameters, step, 0.75f);
  const UpdateContext context = {state.config.codec, state.config.rounding, MakeStepKey(1, step)};
  AdamWState reference = state;
  const AdamWTask reference_task = reference.Task(scalars);
  const UpdateReport expected = UpdateAdamWReference(context, std::span(&reference_task, 1));
  ForEachTarget([&](const char* target) {
    AdamWState fast = state;
    const AdamWTask task = fast.Task(scalars);
    const UpdateReport report = UpdateAdamW(context, std::span(&task, 1));
    std::string difference;
    EXPECT_TRUE(fast.Equals(reference, &difference))
        << target << ", " << state.config.Name() << ", " << state.valid_count << " elements, step "
        << step << ": " << difference;
    EXPECT_EQ(report.nonfinite_count, expected.nonfinite_count) << target;
  });
  return reference;
}

TEST(AdamWEquality, EveryTailLength) {
  std::mt19937 random(1);
  const std::size_t stride = kSanitized ? 37 : 1;
  for (const AdamWConfig& config : AllConfigs()) {
    for (std::size_t length = 1; length <= 512; length += stride) {
      AdamWState state(config, length);
      state.FillWeights(Values::kOrdinary, random);
      for (std::uint64_t step = 1; step <= 2; ++step) {
        state.FillGradient(Values::kOrdinary, random);
        state = ExpectSameUpdate(state, step);
        ASSERT_TRUE(state.PaddingIsZero()) << config.Name() << ", " << length << " elements";
        ASSERT_FALSE(::testing::Test::HasFailure());
      }
    }
  }
}

TEST(AdamWEquality, UnusualValues) {
  std::mt19937 random(2);
  constexpr std::size_t kCount = 32 * 16 * 2 + 32;
  for (const AdamWConfig& config : AllConfigs()) {
    for (Values values :
         {Values::kSubnormal, Values::kZeros, Values::kHuge, Values::kNonfinite, Values::kMixed}) {
      AdamWState state(config, kCount);
      state.FillWeights(values, random);
      for (std::uint64_t step = 1; step <= 4; ++step) {
        state.FillGradient(step == 3 ? Values::kOrdinary : values, random);
        state = ExpectSameUpdate(state, step);
        ASSERT_FALSE(::testing::Test::HasFailure());
      }
    }
  }
}

// State as a damaged checkpoint might bring it: every bit pattern is a state, and no path may
// differ or trap.
TEST(AdamWEquality, ArbitraryStateBytes) {
  std::mt19937 random(3);
  for (const AdamWConfig& config : AllConfigs()) {
    for (int round = 0; round < 3; ++round) {
      AdamWState state(config, 32 * 40);
      for (auto* bytes : {&state.gradient, &state.weights, &state.correction, &state.m, &state.v}) {
        for (std::byte& byte : *bytes) byte = static_cast<std::byte>(random());
      }
      for (std::uint16_t& scale : state.scales) scale = static_cast<std::uint16_t>(random());
      ExpectSameUpdate(state, 5);
      ASSERT_FALSE(::testing::Test::HasFailure());
    }
  }
}

TEST(AdamWEquality, FlatIndicesBeyond32Bits) {
  std::mt19937 random(4);
  AdamWState state({}, 32 * 20);
  state.FillWeights(Values::kOrdinary, random);
  state.FillGradient(Values::kOrdinary, random);
  state.flat_begin = (std::uint64_t{5} << 40) + 32 * 3;
  const AdamWState far = ExpectSameUpdate(state, 1);
  state.flat_begin &= 0xffffffff;
  const AdamWState near = ExpectSameUpdate(state, 1);
  std::string difference;
  EXPECT_FALSE(far.Equals(near, &difference)) << "the upper half of flat indices was ignored";
}

// Cutting a tensor into tasks at any quant group changes nothing.
TEST(AdamWEquality, TasksMayBeCutAnywhere) {
  std::mt19937 random(5);
  const AdamWScalars scalars = MakeAdamWScalars(kHyperparameters, 3, 1.0f);
  const UpdateContext context = {StateCodec::kRobust, MasterRounding::kStochastic,
                                 MakeStepKey(1, 3)};
  AdamWState whole({.rounding = MasterRounding::kStochastic}, 32 * 50);
  whole.FillWeights(Values::kOrdinary, random);
  whole.FillGradient(Values::kOrdinary, random);
  AdamWState cut = whole;
  const AdamWTask task = whole.Task(scalars);
  UpdateAdamW(context, std::span(&task, 1));
  std::vector<AdamWTask> tasks;
  for (std::uint64_t begin = 0, groups = 1; begin < cut.count; groups += 2) {
    AdamWTask part = cut.Task(scalars);
    part.flat_begin += begin;
    part.count = std::min<std::uint64_t>(groups * kQuantGroupElements, cut.count - begin);
    part.gradient += 2 * begin;
    part.weights += 2 * begin;
    part.correction += begin;
    part.m += begin;
    part.v += begin;
    part.scales += begin / 16;
    tasks.push_back(part);
    begin += part.count;
  }
  UpdateAdamW(context, tasks);
  std::string difference;
  EXPECT_TRUE(cut.Equals(whole, &difference)) << difference;
}

}  // namespace
}  // namespace zerod
