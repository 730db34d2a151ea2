#include "examples/train_lm/cross_entropy.h"

#include <cmath>
#include <cstddef>

#include "examples/train_lm/row_math.h"

namespace zerod::train_lm {

double CrossEntropy(int classes, std::span<const std::uint8_t> targets, float* logits) {
  const float share = 1.0f / static_cast<float>(targets.size());
  double loss = 0.0;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    float* row = logits + i * classes;
    const float max = Max(row, classes);
    const double target_logit = static_cast<double>(row[targets[i]]) - max;
    const float sum = ExpRow(row, classes, max);
    loss += std::log(static_cast<double>(sum)) - target_logit;
    const float scale = share / sum;
    for (int c = 0; c < classes; ++c) row[c] *= scale;
    row[targets[i]] -= share;
  }
  return loss / static_cast<double>(targets.size());
}

}  // namespace zerod::train_lm
