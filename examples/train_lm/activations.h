#ifndef ZEROD_EXAMPLES_TRAIN_LM_ACTIVATIONS_H_
#define ZEROD_EXAMPLES_TRAIN_LM_ACTIVATIONS_H_

#include <vector>

#include "examples/train_lm/layer_norm.h"
#include "examples/train_lm/model_config.h"

namespace zerod::train_lm {

// What forward leaves of one block for backward. `rows` is sequences * context.
struct BlockActivations {
  std::vector<float> input;          // [rows, width]
  std::vector<float> normed1;        // [rows, width]
  std::vector<float> qkv;            // [rows, 3 * width]
  std::vector<float> probabilities;  // [sequences, heads, context, context]
  std::vector<float> mixed;          // [rows, width]: attention's output before its projection
  std::vector<float> middle;         // [rows, width]: the residual stream after attention
  std::vector<float> normed2;        // [rows, width]
  std::vector<float> up;             // [rows, 4 * width]; after GELU, its slope there
  std::vector<float> gelu;           // [rows, 4 * width]
  std::vector<float> mean1, inverse1, mean2, inverse2;  // [rows]: the norms' statistics
};

// All the memory a pass works in, allocated once for the largest batch.
struct Activations {
  Activations(const ModelConfig& config, int max_sequences);

  std::vector<BlockActivations> blocks;
  std::vector<float> output;         // [rows, width]: the last block's
  std::vector<float> normed;         // [rows, width]
  std::vector<float> mean, inverse;  // [rows]
  std::vector<float> logits;         // [rows, 256]; after the loss, their gradient

  std::vector<float> stream_gradient;  // [rows, width]: of the residual stream
  std::vector<float> narrow_gradient;  // [rows, width]
  std::vector<float> wide_gradient;    // [rows, 4 * width]
  std::vector<float> square;           // [context, context]
};

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_ACTIVATIONS_H_
