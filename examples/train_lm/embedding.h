#ifndef ZEROD_EXAMPLES_TRAIN_LM_EMBEDDING_H_
#define ZEROD_EXAMPLES_TRAIN_LM_EMBEDDING_H_

#include <cstdint>
#include <span>

namespace zerod::train_lm {

struct EmbeddingShape {
  int context = 0;  // position of token i is i % context
  int width = 0;
};

struct EmbeddingWeights {
  const float* token = nullptr;     // [256, width]
  const float* position = nullptr;  // [context, width]
};

// y[i] = token[tokens[i]] + position[i % context]
void EmbeddingForward(const EmbeddingShape& shape, EmbeddingWeights weights,
                      std::span<const std::uint8_t> tokens, float* y);

struct EmbeddingGradients {
  float* token = nullptr;     // added to: a tied head has its share in it already
  float* position = nullptr;  // overwritten
};
void EmbeddingBackward(const EmbeddingShape& shape, std::span<const std::uint8_t> tokens,
                       const float* y_gradient, EmbeddingGradients gradients);

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_EMBEDDING_H_
