#include "examples/train_lm/embedding.h"

#include <algorithm>
#include <cstddef>

namespace zerod::train_lm {

void EmbeddingForward(const EmbeddingShape& shape, EmbeddingWeights weights,
                      std::span<const std::uint8_t> tokens, float* y) {
  const std::size_t width = shape.width;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const float* token = weights.token + tokens[i] * width;
    const float* position = weights.position + (i % shape.context) * width;
    for (std::size_t j = 0; j < width; ++j) y[i * width + j] = token[j] + position[j];
  }
}

void EmbeddingBackward(const EmbeddingShape& shape, std::span<const std::uint8_t> tokens,
                       const float* y_gradient, EmbeddingGradients gradients) {
  const std::size_t width = shape.width;
  std::fill_n(gradients.position, shape.context * width, 0.0f);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const float* from = y_gradient + i * width;
    float* token = gradients.token + tokens[i] * width;
    float* position = gradients.position + (i % shape.context) * width;
    for (std::size_t j = 0; j < width; ++j) token[j] += from[j];
    for (std::size_t j = 0; j < width; ++j) position[j] += from[j];
  }
}

}  // namespace zerod::train_lm
