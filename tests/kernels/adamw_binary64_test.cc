#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "kernels/task_access.h"
#include "tests/kernels/adamw_state.h"
#include "tests/kernels/test_scale.h"

namespace zerod {
namespace {

// AdamW as in the paper, in binary64.
struct ExactAdamW {
  std::vector<double> p, m, v;

  double Step(std::size_t i, double g, const AdamWHyperparameters& h, double t) {
    m[i] = h.beta1 * m[i] + (1 - h.beta1) * g;
    v[i] = h.beta2 * v[i] + (1 - h.beta2) * g * g;
    const double update =
        m[i] / (1 - std::pow(h.beta1, t)) / (std::sqrt(v[i] / (1 - std::pow(h.beta2, t))) + h.eps);
    p[i] = p[i] * (1 - h.lr * h.weight_decay) - h.lr * update;
    return update;
  }
};

constexpr std::size_t kCount = 8192;

// Gradients of a stationary process: normal, of a scale per element that is log-normal with sigma
// 0.5.
std::vector<float> BaseScales() {
  std::mt19937 random(3);
  std::normal_distribution<double> normal;
  std::vector<float> scales(kCount);
  for (float& scale : scales) scale = static_cast<float>(1e-2 * std::exp(0.5 * normal(random)));
  return scales;
}

struct Deviation {
  double weight;  // greatest |p - p64|, in units of lr
  double update;  // ||u - u64|| / ||u64|| of the last step
};

Deviation RunAgainstBinary64(StateCodec codec, std::uint64_t step_count) {
  const AdamWHyperparameters h = {.lr = 1e-3, .weight_decay = 0.01};
  AdamWState state({.codec = codec,
                    .dtype = DType::kFp32,
                    .master = MasterFormat::kNone,
                    .gradient_dtype = DType::kFp32},
                   kCount);
  ExactAdamW exact = {std::vector<double>(kCount), std::vector<double>(kCount),
                      std::vector<double>(kCount)};
  const std::vector<float> scales = BaseScales();
  std::mt19937 random(4);
  std::normal_distribution<float> normal;
  auto* gradient = ElementsOf<float>(state.gradient.data());
  auto* weights = ElementsOf<float>(state.weights.data());
  double error = 0.0;
  double norm = 0.0;
  for (std::uint64_t step = 1; step <= step_count; ++step) {
    for (std::size_t i = 0; i < kCount; ++i) gradient[i] = scales[i] * normal(random);
    const std::vector<float> before(weights, weights + kCount);
    const AdamWScalars scalars = MakeAdamWScalars(h, step, 1.0f);
    const AdamWTask task = state.Task(scalars);
    UpdateAdamW({codec, MasterRounding::kNearest, MakeStepKey(1, step)}, std::span(&task, 1));
    error = norm = 0.0;
    for (std::size_t i = 0; i < kCount; ++i) {
      const double u64 = exact.Step(i, gradient[i], h, static_cast<double>(step));
      const double u = (before[i] * (1 - h.lr * h.weight_decay) - weights[i]) / h.lr;
      error += (u - u64) * (u - u64);
      norm += u64 * u64;
    }
  }
  Deviation deviation = {0.0, std::sqrt(error / norm)};
  for (std::size_t i = 0; i < kCount; ++i) {
    deviation.weight = std::max(deviation.weight, std::fabs(weights[i] - exact.p[i]) / h.lr);
  }
  return deviation;
}

TEST(AdamWBinary64, UnquantisedMomentsTrackIt) {
  const Deviation deviation = RunAgainstBinary64(StateCodec::kFp32, kSanitized ? 50 : 1000);
  EXPECT_LT(deviation.weight, 0.05);
  EXPECT_LT(deviation.update, 1e-3);
}

TEST(AdamWBinary64, RobustStaysWithinItsStationaryFigure) {
  const Deviation deviation = RunAgainstBinary64(StateCodec::kRobust, kSanitized ? 100 : 3000);
  RecordProperty("update_error", std::to_string(deviation.update));
  EXPECT_LT(deviation.update, 0.08);
}

}  // namespace
}  // namespace zerod
