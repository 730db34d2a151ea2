#include "examples/train_lm/adamw_fp32.h"

#include <cmath>

namespace zerod::train_lm {

void UpdateAdamWFp32(const OptimizerSettings& settings, const AdamWStep& step,
                     const AdamWTensors& tensors) {
  const double t = static_cast<double>(step.update);
  const double beta1 = settings.beta1.value_or(0.9);
  const double beta2 = settings.beta2.value_or(0.95);
  const float b1 = static_cast<float>(beta1);
  const float b2 = static_cast<float>(beta2);
  const float rest1 = static_cast<float>(1.0 - beta1);
  const float rest2 = static_cast<float>(1.0 - beta2);
  const float eps = static_cast<float>(settings.eps.value_or(1e-8));
  const float keep = static_cast<float>(1.0 - step.learning_rate * step.weight_decay);
  const float rate = static_cast<float>(step.learning_rate / (1.0 - std::pow(beta1, t)));
  const float v_scale = static_cast<float>(1.0 / std::sqrt(1.0 - std::pow(beta2, t)));
  float* p = tensors.weights.data();
  float* m = tensors.m.data();
  float* v = tensors.v.data();
  const float* gradient = tensors.gradient.data();
  for (std::size_t i = 0; i < tensors.weights.size(); ++i) {
    const float g = gradient[i] * step.gradient_factor;
    m[i] = b1 * m[i] + rest1 * g;
    v[i] = b2 * v[i] + rest2 * g * g;
    p[i] = p[i] * keep - rate * m[i] / (std::sqrt(v[i]) * v_scale + eps);
  }
}

}  // namespace zerod::train_lm
