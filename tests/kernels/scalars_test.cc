#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "kernels/update.h"
#include "kernels/update_bound.h"

namespace zerod {
namespace {

// The bound's sum, term by term, in extended precision.
double SlowBound(double beta1, double beta2, int t) {
  long double sum = 0;
  for (int i = 0; i < t; ++i) sum += std::pow(static_cast<long double>(beta1) * beta1 / beta2, i);
  return static_cast<double>((1 - beta1) / std::sqrt(1 - beta2) * std::sqrt(sum) *
                             std::sqrt(1 - std::pow(beta2, t)) / (1 - std::pow(beta1, t)));
}

TEST(UpdateBound, EqualsItsFormula) {
  const double betas[][2] = {{0.9, 0.999}, {0.9, 0.95},  {0.9, 0.81},
                             {0.95, 0.9},  {0.0, 0.999}, {0.9, 0.8100000001}};
  for (const auto& [beta1, beta2] : betas) {
    for (int t : {1, 2, 3, 10, 1000}) {
      EXPECT_NEAR(AdamUpdateBound(beta1, beta2, t) / SlowBound(beta1, beta2, t), 1.0, 1e-9)
          << beta1 << ", " << beta2 << ", " << t;
    }
  }
}

TEST(UpdateBound, FirstUpdateIsOne) {
  EXPECT_NEAR(AdamUpdateBound(0.9, 0.999, 1), 1.0, 1e-12);
  EXPECT_NEAR(AdamUpdateBound(0.0, 0.0, 1), 1.0, 1e-12);
  EXPECT_NEAR(AdamUpdateBound(0.0, 0.0, 9), 1.0, 1e-12);
}

TEST(UpdateBound, NothingBoundsMomentumWithoutV) {
  EXPECT_EQ(AdamUpdateBound(0.9, 0.0, 2), std::numeric_limits<double>::infinity());
  EXPECT_FALSE(std::isnan(AdamUpdateBound(0.9, 0.0, 1000)));
  EXPECT_FALSE(std::isnan(AdamUpdateBound(0.999, 0.5, std::uint64_t{1} << 60)));
}

// The worst gradients reach the bound: g_i proportional to (beta1 / beta2)^(age).
TEST(UpdateBound, IsTight) {
  const double beta1 = 0.9, beta2 = 0.95;
  double m = 0, v = 0;
  const int t = 20;
  for (int age = t - 1; age >= 0; --age) {
    const double g = std::pow(beta1 / beta2, age);
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g * g;
  }
  const double update = m / (1 - std::pow(beta1, t)) / std::sqrt(v / (1 - std::pow(beta2, t)));
  EXPECT_NEAR(update / AdamUpdateBound(beta1, beta2, t), 1.0, 1e-9);
}

TEST(UpdateScalars, AdamWFollowsItsFormulas) {
  const Hyperparameters h = {
      .lr = 3e-4, .beta1 = 0.9, .beta2 = 0.95, .eps = 1e-8, .weight_decay = 0.1};
  const UpdateScalars s = MakeUpdateScalars(Optimizer::kAdamW, h, 7, 0.5f);
  EXPECT_EQ(s.beta1, 0.9f);
  EXPECT_EQ(s.gain1, static_cast<float>((1 - 0.9) * 0.5));
  EXPECT_EQ(s.beta2, 0.95f);
  EXPECT_EQ(s.gain2, static_cast<float>(std::sqrt(1 - 0.95) * 0.5));
  EXPECT_EQ(s.k2, static_cast<float>(1 / std::sqrt(1 - std::pow(0.95, 7.0))));
  EXPECT_EQ(s.eps, 1e-8f);
  EXPECT_EQ(s.step_size, static_cast<float>(3e-4 / (1 - std::pow(0.9, 7.0))));
  EXPECT_EQ(s.update_unit, static_cast<float>(1 / (1 - std::pow(0.9, 7.0))));
  EXPECT_EQ(s.decay, static_cast<float>(1 - 3e-4 * 0.1));
  EXPECT_EQ(s.coupled_decay, 0.0f);
  EXPECT_EQ(s.nesterov, 0u);
  EXPECT_NEAR(s.update_bound,
              AdamUpdateBound(0.9, 0.95, 7) * (1 - std::pow(0.9, 7.0)) * (1 + 0x1p-20), 1e-6);
}

// The clip factor is on the gradient alone, so it leaves the gains where decay joins the gradient.
TEST(UpdateScalars, CoupledDecayIsNotClipped) {
  for (Optimizer optimizer : {Optimizer::kAdam, Optimizer::kSgd}) {
    const UpdateScalars with = MakeUpdateScalars(optimizer, {.weight_decay = 0.1}, 3, 0.5f);
    EXPECT_EQ(with.decay, 1.0f);
    EXPECT_EQ(with.coupled_decay, 0.1f);
    EXPECT_EQ(with.gradient_factor, 0.5f);
    const UpdateScalars without = MakeUpdateScalars(optimizer, {}, 3, 0.5f);
    EXPECT_EQ(without.coupled_decay, 0.0f);
    EXPECT_FLOAT_EQ(with.gain1, 2 * without.gain1);
    EXPECT_FLOAT_EQ(with.gain2, 2 * without.gain2);
  }
}

// A decay that is 0 in binary32 is none: the gains must clip then.
TEST(UpdateScalars, ACoupledDecayThatIsZeroInBinary32LeavesClippingToTheGains) {
  const UpdateScalars s = MakeUpdateScalars(Optimizer::kSgd, {.weight_decay = 1e-50}, 1, 0.25f);
  EXPECT_EQ(s.coupled_decay, 0.0f);
  EXPECT_EQ(s.gain1, 0.25f);
}

TEST(UpdateScalars, FullyDecoupledDecayFollowsTheScheduleOnly) {
  const Hyperparameters h = {.lr = 3e-4, .weight_decay = 0.1, .initial_lr = 6e-4};
  for (Optimizer optimizer : {Optimizer::kAdamW, Optimizer::kSgdW, Optimizer::kLion}) {
    EXPECT_EQ(MakeUpdateScalars(optimizer, h, 3, 1.0f).decay, static_cast<float>(1 - 0.1 * 0.5));
  }
}

TEST(UpdateScalars, LionFollowsItsFormulas) {
  const Hyperparameters h = {.lr = 3e-4, .beta1 = 0.9, .beta2 = 0.99, .weight_decay = 0.1};
  const UpdateScalars s = MakeUpdateScalars(Optimizer::kLion, h, 7, 0.5f);
  EXPECT_EQ(s.beta1, 0.9f);
  EXPECT_EQ(s.gain1, static_cast<float>((1 - 0.9) * 0.5));
  EXPECT_EQ(s.beta2, 0.99f);
  EXPECT_EQ(s.gain2, static_cast<float>((1 - 0.99) * 0.5));
  EXPECT_EQ(s.step_size, 3e-4f);
  EXPECT_EQ(s.update_unit, 1.0f);
}

TEST(UpdateScalars, SgdFollowsItsFormulas) {
  const Hyperparameters h = {.lr = 0.1, .momentum = 0.9, .nesterov = true};
  for (Optimizer optimizer : {Optimizer::kSgd, Optimizer::kSgdW}) {
    const UpdateScalars s = MakeUpdateScalars(optimizer, h, 7, 0.5f);
    EXPECT_EQ(s.beta1, 0.9f);
    EXPECT_EQ(s.gain1, 0.5f);
    EXPECT_EQ(s.step_size, 0.1f);
    EXPECT_EQ(s.update_unit, 1.0f);
    EXPECT_EQ(s.nesterov, 1u);
  }
}

TEST(UpdateTelemetry, MergesSumsAndMaxima) {
  UpdateTelemetry total = {1, 2, 3, 40};
  total.Merge({10, 20, 30, 4});
  EXPECT_TRUE((total == UpdateTelemetry{11, 22, 33, 40}));
  total.Merge({0, 0, 0, 41});
  EXPECT_TRUE((total == UpdateTelemetry{11, 22, 33, 41}));
}

}  // namespace
}  // namespace zerod
