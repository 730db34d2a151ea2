#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "kernels/element_access.h"
#include "kernels/float_bits.h"
#include "tests/kernels/update_state.h"

namespace zerod {
namespace {

constexpr std::size_t kCount = 32 * 21 + 9;

void Step(std::uint64_t step, const UpdateScalars& scalars, UpdateState* state) {
  const UpdateTask task = state->Task(scalars);
  UpdateWeights(state->config.Context(step), std::span(&task, 1));
}

UpdateState OrdinaryState(const UpdateConfig& config, std::mt19937& random) {
  UpdateState state(config, kCount);
  state.FillWeights(Values::kOrdinary, random);
  state.FillGradient(Values::kOrdinary, random);
  return state;
}

// Whether element i of both has the same master.
bool SameMaster(const UpdateState& a, const UpdateState& b, std::size_t i) {
  const auto same = [&](const std::vector<std::byte>& x, const std::vector<std::byte>& y) {
    const auto bytes = static_cast<std::ptrdiff_t>(x.size() / a.count);
    const auto begin = static_cast<std::ptrdiff_t>(i) * bytes;
    return std::equal(x.begin() + begin, x.begin() + begin + bytes, y.begin() + begin);
  };
  return same(a.weights, b.weights) && same(a.correction, b.correction);
}

TEST(UpdateTelemetry, UnmovedElementsAreThoseThatKeepTheirBytes) {
  std::mt19937 random(1);
  for (const UpdateConfig& config : AllConfigs()) {
    UpdateState state = OrdinaryState(config, random);
    // Steps of about half a unit in a 24-bit master's last place.
    UpdateScalars scalars = config.Scalars(1);
    scalars.step_size = 0x1p-24f;
    scalars.decay = 1.0f;
    for (std::uint64_t step = 1; step <= 2; ++step) {
      const UpdateState before = state;
      Step(step, scalars, &state);
      std::uint64_t unmoved = 0;
      for (std::size_t i = 0; i < state.count; ++i) unmoved += SameMaster(before, state, i) ? 1 : 0;
      EXPECT_EQ(state.telemetry.unmoved_count - before.telemetry.unmoved_count, unmoved)
          << config.Name();
      EXPECT_GE(unmoved, state.count - state.valid_count) << config.Name();
    }
  }
}

// Zeros lose their sign when something of the other sign is subtracted.
void MakeZerosPositive(UpdateState* state) {
  for (std::size_t i = 0; i < state->count; ++i) {
    if (LoadElement(state->config.dtype, state->weights.data(), i) == 0.0f) {
      StoreElement(state->config.dtype, 0.0f, state->weights.data(), i);
    }
  }
}

// Also under stochastic rounding: a master that needs no rounding must not be rounded.
TEST(UpdateTelemetry, ALearningRateOfZeroMovesNothing) {
  std::mt19937 random(2);
  for (const UpdateConfig& config : AllConfigs()) {
    for (Values values : {Values::kOrdinary, Values::kSubnormal}) {
      UpdateState state(config, kCount);
      state.FillWeights(values, random);
      state.FillGradient(values, random);
      Step(1, config.Scalars(1), &state);  // so that there are corrections
      MakeZerosPositive(&state);
      const UpdateState before = state;
      state.telemetry = {};
      UpdateScalars scalars = config.Scalars(2);
      scalars.step_size = 0.0f;
      scalars.decay = 1.0f;
      for (std::uint64_t step = 2; step <= 9; ++step) Step(step, scalars, &state);
      EXPECT_TRUE(state.weights == before.weights) << config.Name();
      EXPECT_TRUE(state.correction == before.correction) << config.Name();
      EXPECT_EQ(state.telemetry.unmoved_count, 8 * state.count) << config.Name();
    }
  }
}

TEST(UpdateTelemetry, FloorCodesAreCounted) {
  std::mt19937 random(3);
  for (const UpdateConfig& config : AllConfigs()) {
    UpdateState state = OrdinaryState(config, random);
    Step(1, config.Scalars(1), &state);
    std::uint64_t expected = 0;
    if (HasV(config.Rule()) && config.codec != StateCodec::kFp32) {
      // No gradient is zero, so no v is: `flash` lets the small ones fall to 0, `robust` to 1.
      const auto floor = static_cast<std::byte>(config.codec == StateCodec::kRobust ? 1 : 0);
      expected =
          static_cast<std::uint64_t>(std::count(state.v.begin(), state.v.begin() + kCount, floor));
      EXPECT_GT(expected, 0u) << config.Name();
    }
    EXPECT_EQ(state.telemetry.floor_count, expected) << config.Name();
  }
}

TEST(UpdateTelemetry, TheGreatestUpdateIsTheGreatestFiniteOne) {
  std::mt19937 random(4);
  for (const UpdateConfig& base : ChainConfigs()) {
    UpdateConfig config = base;
    config.decays = config.clips = false;
    UpdateState state = OrdinaryState(config, random);
    StoreElement(config.gradient_dtype, std::nanf(""), state.gradient.data(), 3);
    float greatest_gradient = 0.0f;
    for (std::size_t i = 0; i < kCount; ++i) {
      const float g = std::fabs(LoadElement(config.gradient_dtype, state.gradient.data(), i));
      if (g > greatest_gradient) greatest_gradient = g;
    }
    const UpdateScalars scalars = config.Scalars(1);
    Step(1, scalars, &state);
    const float greatest = FloatOf(state.telemetry.max_update_bits);
    switch (config.Rule()) {
      case UpdateRule::kAdam:  // the first step is lr times the sign
        EXPECT_NEAR(greatest * scalars.update_unit, 1.0f, 1e-5f) << config.Name();
        break;
      case UpdateRule::kLion:
        EXPECT_EQ(greatest, 1.0f) << config.Name();
        break;
      case UpdateRule::kMomentum:  // the first step copies the gradient
        EXPECT_NEAR(greatest, config.nesterov ? 1.9f * greatest_gradient : greatest_gradient, 1e-6f)
            << config.Name();
        break;
      case UpdateRule::kGradient:
        EXPECT_EQ(greatest, greatest_gradient) << config.Name();
        break;
    }
  }
}

}  // namespace
}  // namespace zerod
