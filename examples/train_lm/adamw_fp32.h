#ifndef ZEROD_EXAMPLES_TRAIN_LM_ADAMW_FP32_H_
#define ZEROD_EXAMPLES_TRAIN_LM_ADAMW_FP32_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "examples/train_lm/optimizer.h"

namespace zerod::train_lm {

// Plain full-precision AdamW (Loshchilov and Hutter, arXiv 1711.05101), as torch.optim.AdamW
// computes it: p *= 1 - lr * decay; m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; p -= lr / (1 -
// b1^t) * m / (sqrt(v) / sqrt(1 - b2^t) + eps).
struct AdamWTensors {
  std::span<float> weights;
  std::span<const float> gradient;
  std::span<float> m, v;
};

struct AdamWStep {
  std::uint64_t update = 1;  // t, from 1
  double learning_rate = 0.0;
  double weight_decay = 0.0;
  float gradient_factor = 1.0f;  // of clipping
};

void UpdateAdamWFp32(const OptimizerSettings& settings, const AdamWStep& step,
                     const AdamWTensors& tensors);

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_ADAMW_FP32_H_
