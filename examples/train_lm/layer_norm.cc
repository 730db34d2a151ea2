#include "examples/train_lm/layer_norm.h"

#include <algorithm>
#include <cmath>

#include "examples/train_lm/row_math.h"

namespace zerod::train_lm {

void LayerNormForward(const LayerNormShape& shape, const LayerNormForwardArgs& args) {
  const float inverse_width = 1.0f / static_cast<float>(shape.width);
  for (int row = 0; row < shape.rows; ++row) {
    const float* x = args.x + static_cast<long>(row) * shape.width;
    float* y = args.y + static_cast<long>(row) * shape.width;
    const float mean = Sum(x, shape.width) * inverse_width;
    const float variance =
        LaneSum(shape.width, [x, mean](int i) { return (x[i] - mean) * (x[i] - mean); }) *
        inverse_width;
    const float inverse = 1.0f / std::sqrt(variance + 1e-5f);
    for (int i = 0; i < shape.width; ++i) {
      y[i] = (x[i] - mean) * inverse * args.weight[i] + args.bias[i];
    }
    args.statistics.mean[row] = mean;
    args.statistics.inverse_deviation[row] = inverse;
  }
}

void LayerNormBackward(const LayerNormShape& shape, const LayerNormBackwardArgs& args) {
  const int width = shape.width;
  const float inverse_width = 1.0f / static_cast<float>(width);
  std::fill_n(args.weight_gradient, width, 0.0f);
  std::fill_n(args.bias_gradient, width, 0.0f);
  const float* weight = args.weight;
  for (int row = 0; row < shape.rows; ++row) {
    const float* x = args.x + static_cast<long>(row) * width;
    const float* dy = args.y_gradient + static_cast<long>(row) * width;
    float* dx = args.x_gradient + static_cast<long>(row) * width;
    const float mean = args.statistics.mean[row];
    const float inverse = args.statistics.inverse_deviation[row];
    // With n the normalised row and w = weight * dy: dx = inverse * (w - mean(w) - n * mean(w *
    // n)).
    const float mean_w = Dot(weight, dy, width) * inverse_width;
    const float mean_wn =
        LaneSum(width, [=](int i) { return weight[i] * dy[i] * (x[i] - mean) * inverse; }) *
        inverse_width;
    for (int i = 0; i < width; ++i) {
      const float n = (x[i] - mean) * inverse;
      args.weight_gradient[i] += dy[i] * n;
      args.bias_gradient[i] += dy[i];
      dx[i] += inverse * (weight[i] * dy[i] - mean_w - n * mean_wn);
    }
  }
}

}  // namespace zerod::train_lm
