#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "kernels/element_access.h"
#include "tests/kernels/test_scale.h"
#include "tests/kernels/textbook.h"
#include "tests/kernels/update_state.h"

namespace zerod {
namespace {

constexpr UpdateConfig kUnquantised = {.codec = StateCodec::kFp32,
                                       .dtype = DType::kFp32,
                                       .master = MasterFormat::kNone,
                                       .gradient_dtype = DType::kFp32};

struct RuleCase {
  const char* name;
  Optimizer optimizer;
  Hyperparameters hyperparameters;
  float clip = 1.0f;
};
const RuleCase kRules[] = {
    {"adamw", Optimizer::kAdamW, {.lr = 0.01, .beta2 = 0.95, .weight_decay = 0.3}},
    {"adamw clipped", Optimizer::kAdamW, {.lr = 0.01, .weight_decay = 0.3}, 0.4f},
    {"adamw with a large eps", Optimizer::kAdamW, {.lr = 0.01, .eps = 0.5}},
    {"adamw fully decoupled",
     Optimizer::kAdamW,
     {.lr = 0.01, .weight_decay = 0.01, .initial_lr = 0.04}},
    {"adam without decay", Optimizer::kAdam, {.lr = 0.01}},
    {"adam", Optimizer::kAdam, {.lr = 0.01, .beta2 = 0.99, .weight_decay = 0.3}},
    {"adam clipped", Optimizer::kAdam, {.lr = 0.01, .weight_decay = 0.3}, 0.4f},
    {"sgd", Optimizer::kSgd, {.lr = 0.03}},
    {"sgd with decay, clipped", Optimizer::kSgd, {.lr = 0.03, .weight_decay = 0.3}, 0.4f},
    {"sgd with momentum",
     Optimizer::kSgd,
     {.lr = 0.03, .weight_decay = 0.3, .momentum = 0.9},
     0.4f},
    {"sgd with nesterov",
     Optimizer::kSgd,
     {.lr = 0.03, .weight_decay = 0.3, .momentum = 0.9, .nesterov = true},
     0.4f},
    {"sgdw", Optimizer::kSgdW, {.lr = 0.03, .weight_decay = 0.3}, 0.4f},
    {"sgdw with momentum", Optimizer::kSgdW, {.lr = 0.03, .weight_decay = 0.3, .momentum = 0.8}},
    {"sgdw with nesterov, fully decoupled",
     Optimizer::kSgdW,
     {.lr = 0.03, .weight_decay = 0.01, .momentum = 0.8, .nesterov = true, .initial_lr = 0.1},
     0.4f},
    {"lion", Optimizer::kLion, {.lr = 0.01, .beta2 = 0.99, .weight_decay = 0.3}, 0.4f},
    {"lion fully decoupled",
     Optimizer::kLion,
     {.lr = 0.01, .beta1 = 0.95, .beta2 = 0.98, .weight_decay = 0.01, .initial_lr = 0.04}},
};

UpdateState StartOf(const RuleCase& rule, std::size_t count) {
  UpdateConfig config = kUnquantised;
  config.optimizer = rule.optimizer;
  config.keeps_momentum = rule.hyperparameters.momentum > 0.0;
  return UpdateState(config, count);
}

// Greatest differences, in units of 2^-24 times the greater of 1 and the exact value.
struct Distance {
  double p = 0.0;
  double m = 0.0;
  double v = 0.0;
};
void Widen(double* distance, double value, double exact) {
  *distance =
      std::max(*distance, std::fabs(value - exact) * 0x1p24 / std::max(1.0, std::fabs(exact)));
}

Distance DistanceToTextbook(const RuleCase& rule, std::uint64_t step_count) {
  constexpr std::size_t kCount = 4096;
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  UpdateState state = StartOf(rule, kCount);
  auto* weights = ElementsOf<float>(state.weights.data());
  auto* gradient = ElementsOf<float>(state.gradient.data());
  std::vector<TextbookParameter> exact(kCount);
  for (std::size_t i = 0; i < kCount; ++i) exact[i].p = weights[i] = normal(random);
  for (std::uint64_t step = 1; step <= step_count; ++step) {
    for (std::size_t i = 0; i < kCount; ++i) {
      gradient[i] = normal(random);
      exact[i].Step(rule.optimizer, rule.hyperparameters,
                    static_cast<double>(rule.clip) * gradient[i], static_cast<double>(step));
    }
    const UpdateScalars scalars =
        MakeUpdateScalars(rule.optimizer, rule.hyperparameters, step, rule.clip);
    const UpdateTask task = state.Task(scalars);
    UpdateWeights(state.config.Context(step), std::span(&task, 1));
  }
  Distance distance;
  for (std::size_t i = 0; i < kCount; ++i) {
    Widen(&distance.p, weights[i], exact[i].p);
    if (!state.m.empty()) Widen(&distance.m, ElementsOf<float>(state.m.data())[i], exact[i].m);
    if (!state.v.empty()) Widen(&distance.v, ElementsOf<float>(state.v.data())[i], exact[i].v);
  }
  return distance;
}

// Values are about 1, so that a step may be off by a few units of 2^-24: two roundings of p, and
// what beta and lr lose when they are rounded.
TEST(UpdateBinary64, EveryRuleIsItsTextbook) {
  for (const RuleCase& rule : kRules) {
    const Distance first = DistanceToTextbook(rule, 1);
    EXPECT_LT(first.p, 4.0) << rule.name;
    EXPECT_LT(first.m, 4.0) << rule.name;
    EXPECT_LT(first.v, 4.0) << rule.name;
    const Distance tenth = DistanceToTextbook(rule, 10);
    EXPECT_LT(tenth.p, 16.0) << rule.name;
    EXPECT_LT(tenth.m, 16.0) << rule.name;
    EXPECT_LT(tenth.v, 16.0) << rule.name;
  }
}

constexpr std::size_t kStationaryCount = 8192;

// Of a stationary process: normal gradients, of a scale per element that is log-normal with sigma
// 0.5.
std::vector<float> BaseScales() {
  std::mt19937 random(3);
  std::normal_distribution<double> normal;
  std::vector<float> scales(kStationaryCount);
  for (float& scale : scales) scale = static_cast<float>(1e-2 * std::exp(0.5 * normal(random)));
  return scales;
}

struct Deviation {
  double weight;  // greatest |p - p64|, in units of lr
  double update;  // ||u - u64|| / ||u64|| of the last step
};

Deviation AdamWDeviation(StateCodec codec, std::uint64_t step_count) {
  const Hyperparameters h = {.lr = 1e-3, .weight_decay = 0.01};
  UpdateConfig config = kUnquantised;
  config.codec = codec;
  UpdateState state(config, kStationaryCount);
  std::vector<TextbookParameter> exact(kStationaryCount);
  const std::vector<float> scales = BaseScales();
  std::mt19937 random(4);
  std::normal_distribution<float> normal;
  auto* gradient = ElementsOf<float>(state.gradient.data());
  auto* weights = ElementsOf<float>(state.weights.data());
  double error = 0.0;
  double norm = 0.0;
  for (std::uint64_t step = 1; step <= step_count; ++step) {
    for (std::size_t i = 0; i < kStationaryCount; ++i) gradient[i] = scales[i] * normal(random);
    const std::vector<float> before(weights, weights + kStationaryCount);
    const UpdateScalars scalars = MakeUpdateScalars(Optimizer::kAdamW, h, step, 1.0f);
    const UpdateTask task = state.Task(scalars);
    UpdateWeights(config.Context(step), std::span(&task, 1));
    error = norm = 0.0;
    for (std::size_t i = 0; i < kStationaryCount; ++i) {
      const double u64 =
          exact[i].Step(Optimizer::kAdamW, h, gradient[i], static_cast<double>(step));
      const double u = (before[i] * (1 - h.lr * h.weight_decay) - weights[i]) / h.lr;
      error += (u - u64) * (u - u64);
      norm += u64 * u64;
    }
  }
  Deviation deviation = {0.0, std::sqrt(error / norm)};
  for (std::size_t i = 0; i < kStationaryCount; ++i) {
    deviation.weight = std::max(deviation.weight, std::fabs(weights[i] - exact[i].p) / h.lr);
  }
  return deviation;
}

TEST(UpdateBinary64, UnquantisedAdamWTracksItForLong) {
  const Deviation deviation = AdamWDeviation(StateCodec::kFp32, kSanitized ? 50 : 1000);
  EXPECT_LT(deviation.weight, 0.05);
  EXPECT_LT(deviation.update, 1e-3);
}

TEST(UpdateBinary64, RobustAdamWStaysWithinItsStationaryFigure) {
  const Deviation deviation = AdamWDeviation(StateCodec::kRobust, kSanitized ? 100 : 3000);
  RecordProperty("update_error", std::to_string(deviation.update));
  EXPECT_LT(deviation.update, 0.08);
}

}  // namespace
}  // namespace zerod
