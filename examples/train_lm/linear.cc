#include "examples/train_lm/linear.h"

#include <algorithm>

#include "examples/train_lm/blas.h"

namespace zerod::train_lm {

void LinearForward(const LinearShape& shape, LinearWeights weights, const float* x, float* y) {
  const bool has_bias = weights.bias != nullptr;
  if (has_bias) {
    for (int row = 0; row < shape.rows; ++row) {
      std::copy_n(weights.bias, shape.outputs, y + static_cast<long>(row) * shape.outputs);
    }
  }
  Multiply({.rows = shape.rows,
            .columns = shape.outputs,
            .inner = shape.inputs,
            .keep = has_bias ? 1.0f : 0.0f},
           {x, shape.inputs}, {weights.weight, shape.inputs, true}, {y, shape.outputs});
}

void LinearParametersBackward(const LinearShape& shape, const float* x, const float* y_gradient,
                              LinearParameterGradients gradients) {
  Multiply({.rows = shape.outputs, .columns = shape.inputs, .inner = shape.rows},
           {y_gradient, shape.outputs, true}, {x, shape.inputs}, {gradients.weight, shape.inputs});
  if (gradients.bias == nullptr) return;
  std::fill_n(gradients.bias, shape.outputs, 0.0f);
  for (int row = 0; row < shape.rows; ++row) {
    const float* from = y_gradient + static_cast<long>(row) * shape.outputs;
    for (int i = 0; i < shape.outputs; ++i) gradients.bias[i] += from[i];
  }
}

void LinearInputBackward(const LinearShape& shape, const float* weight, const float* y_gradient,
                         float* x_gradient) {
  Multiply({.rows = shape.rows, .columns = shape.inputs, .inner = shape.outputs},
           {y_gradient, shape.outputs}, {weight, shape.inputs}, {x_gradient, shape.inputs});
}

}  // namespace zerod::train_lm
