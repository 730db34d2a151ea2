#ifndef ZEROD_EXAMPLES_TRAIN_LM_LINEAR_H_
#define ZEROD_EXAMPLES_TRAIN_LM_LINEAR_H_

namespace zerod::train_lm {

// y = x W^T + b, with x [rows, inputs], W [outputs, inputs] as in torch.nn.Linear, y [rows,
// outputs].
struct LinearShape {
  int rows = 0;
  int inputs = 0;
  int outputs = 0;
};

struct LinearWeights {
  const float* weight = nullptr;
  const float* bias = nullptr;  // null: no bias
};

void LinearForward(const LinearShape& shape, LinearWeights weights, const float* x, float* y);

// Overwrites the weight's and (unless null) the bias's gradient.
struct LinearParameterGradients {
  float* weight = nullptr;
  float* bias = nullptr;
};
void LinearParametersBackward(const LinearShape& shape, const float* x, const float* y_gradient,
                              LinearParameterGradients gradients);

// Overwrites x_gradient.
void LinearInputBackward(const LinearShape& shape, const float* weight, const float* y_gradient,
                         float* x_gradient);

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_LINEAR_H_
