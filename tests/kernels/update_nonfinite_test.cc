#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/codec_robust.h"
#include "kernels/master_access.h"
#include "tests/kernels/update_state.h"

namespace zerod {
namespace {

constexpr std::size_t kBad = 5;
const float kBadValues[] = {std::numeric_limits<float>::infinity(),
                            -std::numeric_limits<float>::infinity(),
                            std::numeric_limits<float>::quiet_NaN()};

// One update of a group of ones, in which element kBad has `weight` and `gradient`. Returns how
// many elements it found non-finite.
std::uint64_t UpdateWithBadElement(float weight, float gradient, UpdateState* state) {
  const UpdateConfig& config = state->config;
  for (std::size_t i = 0; i < state->count; ++i) {
    StoreElement(config.dtype, i == kBad ? weight : 1.0f, state->weights.data(), i);
    StoreElement(config.gradient_dtype, i == kBad ? gradient : 0.25f, state->gradient.data(), i);
  }
  const UpdateScalars scalars = config.Scalars(1);
  const UpdateTask task = state->Task(scalars);
  UpdateWeights(config.Context(1), std::span(&task, 1));
  return state->telemetry.nonfinite_count;
}

float MasterOf(const UpdateState& state, std::size_t i) {
  const MasterLayout layout = LayoutOf(state.config.dtype, state.config.master);
  return FloatOf(
      JoinMaster(layout, LoadSplit(layout, state.weights.data(), state.correction.data(), i)));
}

TEST(UpdateNonfinite, ByteCodecsKeepTheRestOfTheGroup) {
  for (const UpdateConfig& config : ChainConfigs()) {
    if (config.codec == StateCodec::kFp32 || !HasM(config.Rule())) continue;
    for (float bad : kBadValues) {
      UpdateState good(config, 32);
      EXPECT_EQ(UpdateWithBadElement(1.0f, 0.25f, &good), 0u) << config.Name();
      UpdateState state(config, 32);
      EXPECT_EQ(UpdateWithBadElement(1.0f, bad, &state), 1u) << config.Name();
      EXPECT_EQ(state.m[kBad], std::byte{0});
      if (HasV(config.Rule())) {
        EXPECT_EQ(state.v[kBad], std::byte{255});
      }
      EXPECT_EQ(state.scales, good.scales) << config.Name();  // it takes no part in the maximum
      for (std::size_t i = 0; i < 32; ++i) {
        if (i == kBad) continue;
        EXPECT_EQ(MasterOf(state, i), MasterOf(good, i)) << config.Name();
        EXPECT_EQ(state.m[i], good.m[i]) << config.Name();
        if (HasV(config.Rule())) {
          EXPECT_EQ(state.v[i], good.v[i]) << config.Name();
        }
      }
    }
  }
}

TEST(UpdateNonfinite, Fp32CodecStoresTheCanonicalNan) {
  for (const UpdateConfig& config : ChainConfigs()) {
    if (config.codec != StateCodec::kFp32 || !HasM(config.Rule())) continue;
    for (float bad : kBadValues) {
      UpdateState state(config, 32);
      EXPECT_EQ(UpdateWithBadElement(1.0f, bad, &state), 1u) << config.Name();
      EXPECT_EQ(BitsOf(ElementsOf<float>(state.m.data())[kBad]), kCanonicalNanBits);
      if (HasV(config.Rule())) {
        EXPECT_EQ(BitsOf(ElementsOf<float>(state.v.data())[kBad]), kCanonicalNanBits);
      }
    }
  }
}

// A weight that an infinite gradient made non-finite is a canonical NaN without a correction. Lion
// only looks at the gradient's sign, so an infinite one leaves its weight finite.
TEST(UpdateNonfinite, WeightsBecomeTheCanonicalNan) {
  for (const UpdateConfig& config : ChainConfigs()) {
    for (float bad : kBadValues) {
      UpdateState state(config, 32);
      EXPECT_EQ(UpdateWithBadElement(1.0f, bad, &state), 1u) << config.Name();
      const bool only_sign = config.Rule() == UpdateRule::kLion && !std::isnan(bad);
      EXPECT_EQ(BitsOf(MasterOf(state, kBad)) == kCanonicalNanBits, !only_sign) << config.Name();
      if (only_sign) {
        EXPECT_NEAR(MasterOf(state, kBad), bad > 0 ? 0.99f : 1.01f, 0.01f) << config.Name();
      }
      if (!only_sign && config.master == MasterFormat::k24) {
        EXPECT_EQ(state.correction[kBad], std::byte{0}) << config.Name();
      }
    }
  }
}

// v overflows although m and p stay finite: counted, and stored as the largest code.
TEST(UpdateNonfinite, OverflowOfVAloneIsCounted) {
  UpdateState state({.gradient_dtype = DType::kFp32}, 32);
  EXPECT_EQ(UpdateWithBadElement(1.0f, 1e30f, &state), 1u);
  EXPECT_NE(BitsOf(MasterOf(state, kBad)), kCanonicalNanBits);
  EXPECT_EQ(state.v[kBad], std::byte{255});
}

// An m that is no number beside a v that is one, and beside an update that has to be clamped: state
// as only damage makes it.
TEST(UpdateNonfinite, ABadMIsSeenBesideAClampedUpdate) {
  for (DType dtype : {DType::kBf16, DType::kFp32}) {
    UpdateState state({.codec = StateCodec::kFp32, .dtype = dtype, .master = MasterFormat::kNone},
                      32);
    float* m = ElementsOf<float>(state.m.data());
    float* v = ElementsOf<float>(state.v.data());
    std::fill(v, v + 32, 1.0f);
    m[3] = kBadValues[2];
    m[7] = 1000.0f;
    const UpdateScalars scalars = state.config.Scalars(1);
    ForEachTarget([&](const char* target) {
      UpdateState updated = state;
      const UpdateTask task = updated.Task(scalars);
      UpdateWeights(state.config.Context(1), std::span(&task, 1));
      EXPECT_EQ(updated.telemetry.nonfinite_count, 1u) << target;
      EXPECT_TRUE(std::isnan(MasterOf(updated, 3))) << target;
      EXPECT_FALSE(std::isnan(MasterOf(updated, 7))) << target;
    });
  }
}

TEST(UpdateNonfinite, BadWeightsAreCountedInEveryFormat) {
  for (const UpdateConfig& config : AllConfigs()) {
    for (float bad : kBadValues) {
      UpdateState state(config, 32);
      EXPECT_EQ(UpdateWithBadElement(bad, 0.25f, &state), 1u) << config.Name();
      EXPECT_EQ(BitsOf(MasterOf(state, kBad)), kCanonicalNanBits) << config.Name();
    }
  }
}

}  // namespace
}  // namespace zerod
