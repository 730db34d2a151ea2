#include <gtest/gtest.h>

#include "tests/kernels/test_scale.h"
#include "tests/kernels/update_state.h"

namespace zerod {
namespace {

// Updates copies of `state` by the reference and by every target; they must stay the same, and so
// must what they noticed. Returns the updated state.
UpdateState ExpectSameUpdate(const UpdateState& state, std::uint64_t step) {
  const UpdateScalars scalars = state.config.Scalars(step);
  const UpdateContext context = state.config.Context(step);
  UpdateState reference = state;
  const UpdateTask reference_task = reference.Task(scalars);
  UpdateWeightsReference(context, std::span(&reference_task, 1));
  ForEachTarget([&](const char* target) {
    UpdateState fast = state;
    const UpdateTask task = fast.Task(scalars);
    UpdateWeights(context, std::span(&task, 1));
    std::string difference;
    EXPECT_TRUE(fast.Equals(reference, &difference))
        << target << ", " << state.config.Name() << ", " << state.valid_count << " elements, step "
        << step << ": " << difference;
  });
  return reference;
}

TEST(UpdateEquality, EveryTailLength) {
  std::mt19937 random(1);
  const std::size_t stride = kSanitized ? 73 : 1;
  for (const UpdateConfig& config : AllConfigs()) {
    for (std::size_t length = 1; length <= 512; length += stride) {
      UpdateState state(config, length);
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

TEST(UpdateEquality, UnusualValues) {
  std::mt19937 random(2);
  constexpr std::size_t kCount = 32 * 16 * 2 + 32;
  for (const UpdateConfig& config : AllConfigs()) {
    for (Values values :
         {Values::kSubnormal, Values::kZeros, Values::kHuge, Values::kNonfinite, Values::kMixed}) {
      UpdateState state(config, kCount);
      state.FillWeights(values, random);
      for (std::uint64_t step = 1; step <= (kSanitized ? 2 : 4); ++step) {
        state.FillGradient(step == 3 ? Values::kOrdinary : values, random);
        state = ExpectSameUpdate(state, step);
        ASSERT_FALSE(::testing::Test::HasFailure());
      }
    }
  }
}

// State as a damaged checkpoint might bring it: every bit pattern is a state, and no path may
// differ or trap.
TEST(UpdateEquality, ArbitraryStateBytes) {
  std::mt19937 random(3);
  for (const UpdateConfig& config : AllConfigs()) {
    for (int round = 0; round < (kSanitized ? 1 : 3); ++round) {
      UpdateState state(config, 32 * 40);
      state.FillWithArbitraryBytes(random);
      ExpectSameUpdate(state, 5);
      ASSERT_FALSE(::testing::Test::HasFailure());
    }
  }
}

// Ordinary weights and gradients over arbitrary codes and scales: nothing turns into a NaN and
// hides what codes do, -128 among them, which no update writes.
TEST(UpdateEquality, ArbitraryMoments) {
  std::mt19937 random(4);
  for (const UpdateConfig& config : AllConfigs()) {
    if (config.codec == StateCodec::kFp32 || !HasM(config.Rule())) continue;
    UpdateState state(config, 32 * 40);
    state.FillWithArbitraryBytes(random);
    state.FillWeights(Values::kOrdinary, random);
    state.FillGradient(Values::kOrdinary, random);
    for (std::size_t i = 0; i < state.count; i += 5) state.m[i] = std::byte{0x80};
    for (std::uint16_t& scale : state.scales) scale &= 0x7bff;  // finite in either codec
    const UpdateState updated = ExpectSameUpdate(state, 5);
    EXPECT_EQ(std::count(updated.m.begin(), updated.m.end(), std::byte{0x80}), 0) << config.Name();
    ASSERT_FALSE(::testing::Test::HasFailure());
  }
}

TEST(UpdateEquality, FlatIndicesBeyond32Bits) {
  std::mt19937 random(5);
  for (UpdateConfig config : ChainConfigs()) {
    config.rounding = MasterRounding::kStochastic;
    UpdateState state(config, 32 * 20);
    state.FillWeights(Values::kOrdinary, random);
    state.FillGradient(Values::kOrdinary, random);
    state.flat_begin = (std::uint64_t{5} << 40) + 32 * 3;
    const UpdateState far = ExpectSameUpdate(state, 1);
    state.flat_begin &= 0xffffffff;
    const UpdateState near = ExpectSameUpdate(state, 1);
    ASSERT_FALSE(::testing::Test::HasFailure());
    const bool draws_bytes = (config.codec == StateCodec::kRobust && HasV(config.Rule())) ||
                             (config.dtype != DType::kFp32 && config.master != MasterFormat::k32);
    std::string difference;
    if (draws_bytes) {
      EXPECT_FALSE(far.Equals(near, &difference))
          << config.Name() << ": the upper half of flat indices was ignored";
    }
  }
}

// fp32 parameters store themselves, whatever master format their group has.
TEST(UpdateEquality, Fp32WeightsHaveNoMasterFormat) {
  std::mt19937 random(6);
  UpdateState none({.dtype = DType::kFp32, .master = MasterFormat::kNone}, 32 * 20);
  none.FillWeights(Values::kOrdinary, random);
  none.FillGradient(Values::kOrdinary, random);
  UpdateState with24 = none;
  with24.config.master = MasterFormat::k24;
  std::string difference;
  EXPECT_TRUE(ExpectSameUpdate(with24, 1).Equals(ExpectSameUpdate(none, 1), &difference))
      << difference;
}

}  // namespace
}  // namespace zerod
