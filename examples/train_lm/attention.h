#ifndef ZEROD_EXAMPLES_TRAIN_LM_ATTENTION_H_
#define ZEROD_EXAMPLES_TRAIN_LM_ATTENTION_H_

#include <cstddef>

namespace zerod::train_lm {

// Causal multi-head attention (Vaswani et al., arXiv 1706.03762) between the two projections.
struct AttentionShape {
  int sequences = 0;
  int context = 0;
  int heads = 0;
  int width = 0;  // a multiple of heads

  int head_width() const { return width / heads; }
  std::size_t probability_count() const {
    return static_cast<std::size_t>(sequences) * heads * context * context;
  }
};

// `qkv` is [sequences * context, 3 * width]: a row holds query, key and value, each head by head.
// `probabilities` is [sequences, heads, context, context], kept for backward. `output` is
// [sequences * context, width].
void AttentionForward(const AttentionShape& shape, const float* qkv, float* probabilities,
                      float* output);

struct AttentionBackwardArgs {
  const float* qkv = nullptr;
  const float* probabilities = nullptr;
  const float* output_gradient = nullptr;
  float* qkv_gradient = nullptr;  // overwritten
  float* scratch = nullptr;       // [context, context]
};
void AttentionBackward(const AttentionShape& shape, const AttentionBackwardArgs& args);

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_ATTENTION_H_
