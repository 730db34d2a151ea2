#include <gtest/gtest.h>

#include <limits>

#include "kernels/codec_robust.h"
#include "kernels/task_access.h"
#include "tests/kernels/adamw_state.h"

namespace zerod {
namespace {

constexpr std::size_t kBad = 5;

// One update of a group of ones, in which element kBad has `weight` and `gradient`. Returns the
// report's count.
std::uint64_t UpdateWithBadElement(float weight, float gradient, AdamWState* state) {
  for (std::size_t i = 0; i < state->count; ++i) {
    StoreMaster(state->config.dtype, state->config.master, MasterRounding::kNearest, 0, 1.0f,
                state->weights.data(), state->correction.data(), i);
    ElementsOf<float>(state->gradient.data())[i] = 0.25f;
  }
  if (state->config.dtype == DType::kBf16) {
    ElementsOf<std::uint16_t>(state->weights.data())[kBad] = Bf16OfFloat(weight);
  } else {
    ElementsOf<float>(state->weights.data())[kBad] = weight;
  }
  ElementsOf<float>(state->gradient.data())[kBad] = gradient;
  const AdamWScalars scalars = MakeAdamWScalars({}, 1, 1.0f);
  const AdamWTask task = state->Task(scalars);
  return UpdateAdamW({state->config.codec, state->config.rounding, MakeStepKey(1, 1)},
                     std::span(&task, 1))
      .nonfinite_count;
}

TEST(AdamWNonfinite, ByteCodecsKeepTheRestOfTheGroup) {
  for (StateCodec codec : {StateCodec::kFlash, StateCodec::kRobust}) {
    for (float bad :
         {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
      AdamWState good({.codec = codec, .gradient_dtype = DType::kFp32}, 32);
      EXPECT_EQ(UpdateWithBadElement(1.0f, 0.25f, &good), 0u);
      AdamWState state({.codec = codec, .gradient_dtype = DType::kFp32}, 32);
      EXPECT_EQ(UpdateWithBadElement(1.0f, bad, &state), 1u);
      EXPECT_EQ(ElementsOf<std::uint16_t>(state.weights.data())[kBad], 0x7fc0);
      EXPECT_EQ(state.correction[kBad], std::byte{0});
      EXPECT_EQ(state.m[kBad], std::byte{0});
      EXPECT_EQ(state.v[kBad], std::byte{255});
      EXPECT_EQ(state.scales, good.scales);  // it takes no part in the maximum
      for (std::size_t i = 0; i < 32; ++i) {
        if (i == kBad) continue;
        EXPECT_EQ(state.weights[2 * i], good.weights[2 * i]);
        EXPECT_EQ(state.m[i], good.m[i]);
        EXPECT_EQ(state.v[i], good.v[i]);
      }
    }
  }
}

TEST(AdamWNonfinite, Fp32CodecStoresTheCanonicalNan) {
  AdamWState state({.codec = StateCodec::kFp32, .gradient_dtype = DType::kFp32}, 32);
  EXPECT_EQ(UpdateWithBadElement(1.0f, std::numeric_limits<float>::infinity(), &state), 1u);
  EXPECT_EQ(BitsOf(ElementsOf<float>(state.m.data())[kBad]), kCanonicalNanBits);
  EXPECT_EQ(BitsOf(ElementsOf<float>(state.v.data())[kBad]), kCanonicalNanBits);
}

// v overflows although m and p stay finite: counted, and stored as the largest code.
TEST(AdamWNonfinite, OverflowOfVAloneIsCounted) {
  AdamWState state({.gradient_dtype = DType::kFp32}, 32);
  EXPECT_EQ(UpdateWithBadElement(1.0f, 1e30f, &state), 1u);
  EXPECT_NE(ElementsOf<std::uint16_t>(state.weights.data())[kBad], 0x7fc0);
  EXPECT_EQ(state.v[kBad], std::byte{255});
}

TEST(AdamWNonfinite, BadWeightsAreCountedInEveryFormat) {
  for (const AdamWConfig& base : AllConfigs()) {
    if (base.gradient_dtype != DType::kFp32) continue;
    for (float bad :
         {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
      AdamWState state(base, 32);
      EXPECT_EQ(UpdateWithBadElement(bad, 0.25f, &state), 1u) << base.Name();
      const float weight =
          LoadMaster(base.dtype, base.master, state.weights.data(), state.correction.data(), kBad);
      EXPECT_EQ(BitsOf(weight), kCanonicalNanBits) << base.Name();
    }
  }
}

}  // namespace
}  // namespace zerod
