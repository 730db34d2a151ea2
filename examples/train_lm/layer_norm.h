#ifndef ZEROD_EXAMPLES_TRAIN_LM_LAYER_NORM_H_
#define ZEROD_EXAMPLES_TRAIN_LM_LAYER_NORM_H_

namespace zerod::train_lm {

// Layer normalisation over rows of `width` (Ba, Kiros and Hinton, arXiv 1607.06450), eps 1e-5 as in
// torch.nn.LayerNorm.
struct LayerNormShape {
  int rows = 0;
  int width = 0;
};

// What forward leaves for backward, per row.
struct LayerNormStatistics {
  float* mean = nullptr;
  float* inverse_deviation = nullptr;
};

struct LayerNormForwardArgs {
  const float* weight = nullptr;
  const float* bias = nullptr;
  const float* x = nullptr;
  float* y = nullptr;
  LayerNormStatistics statistics;
};
void LayerNormForward(const LayerNormShape& shape, const LayerNormForwardArgs& args);

struct LayerNormBackwardArgs {
  const float* weight = nullptr;
  const float* x = nullptr;
  LayerNormStatistics statistics;
  const float* y_gradient = nullptr;
  float* x_gradient = nullptr;       // added to: the residual stream's gradient is already in it
  float* weight_gradient = nullptr;  // overwritten
  float* bias_gradient = nullptr;    // overwritten
};
void LayerNormBackward(const LayerNormShape& shape, const LayerNormBackwardArgs& args);

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_LAYER_NORM_H_
