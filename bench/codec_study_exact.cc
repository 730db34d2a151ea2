#include "bench/codec_study_exact.h"

#include <cmath>

namespace zerod::bench {

ExactOptimizer::ExactOptimizer(Optimizer optimizer, const Hyperparameters& hyperparameters,
                               std::size_t element_count)
    : optimizer_(optimizer),
      hyperparameters_(hyperparameters),
      m_(element_count),
      v_(element_count),
      updates_(element_count) {}

void ExactOptimizer::Step(std::uint64_t step, std::span<const float> gradients,
                          bool wants_updates) {
  if (optimizer_ == Optimizer::kLion) return StepLion(gradients);
  const double beta1 = hyperparameters_.beta1;
  const double beta2 = hyperparameters_.beta2;
  for (std::size_t i = 0; i < m_.size(); ++i) {
    const double g = gradients[i];
    m_[i] = beta1 * m_[i] + (1.0 - beta1) * g;
    v_[i] = beta2 * v_[i] + (1.0 - beta2) * g * g;
  }
  if (!wants_updates) return;
  const double correction1 = 1.0 - std::pow(beta1, static_cast<double>(step));
  const double correction2 = 1.0 - std::pow(beta2, static_cast<double>(step));
  for (std::size_t i = 0; i < m_.size(); ++i) {
    updates_[i] = m_[i] / correction1 / (std::sqrt(v_[i] / correction2) + hyperparameters_.eps);
  }
}

void ExactOptimizer::StepLion(std::span<const float> gradients) {
  const double beta1 = hyperparameters_.beta1;
  const double beta2 = hyperparameters_.beta2;
  for (std::size_t i = 0; i < m_.size(); ++i) {
    const double g = gradients[i];
    const double direction = beta1 * m_[i] + (1.0 - beta1) * g;
    updates_[i] = direction > 0.0 ? 1.0 : direction < 0.0 ? -1.0 : 0.0;
    m_[i] = beta2 * m_[i] + (1.0 - beta2) * g;
  }
}

}  // namespace zerod::bench
