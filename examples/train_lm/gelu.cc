#include "examples/train_lm/gelu.h"

#include "examples/train_lm/row_math.h"

namespace zerod::train_lm {

void GeluForward(int count, float* x_to_slope, float* y) {
  constexpr float kTwiceRootTwoOverPi = 1.5957691216f;
  constexpr float kCubic = 0.044715f;
  for (int i = 0; i < count; ++i) {
    const float x = x_to_slope[i];
    const float square = kCubic * x * x;
    const float s = 1.0f / (1.0f + Exp(-kTwiceRootTwoOverPi * x * (1.0f + square)));
    y[i] = x * s;
    const float u_slope = kTwiceRootTwoOverPi * (1.0f + 3.0f * square);
    x_to_slope[i] = s + y[i] * (1.0f - s) * u_slope;
  }
}

void GeluBackward(int count, const float* slope, float* gradient) {
  for (int i = 0; i < count; ++i) gradient[i] *= slope[i];
}

}  // namespace zerod::train_lm
