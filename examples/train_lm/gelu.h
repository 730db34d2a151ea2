#ifndef ZEROD_EXAMPLES_TRAIN_LM_GELU_H_
#define ZEROD_EXAMPLES_TRAIN_LM_GELU_H_

namespace zerod::train_lm {

// The tanh form of GELU (Hendrycks and Gimpel, arXiv 1606.08415), written with a sigmoid:
// y = x * sigmoid(2 u), u = sqrt(2/pi) * (x + 0.044715 x^3). Leaves dy/dx where x was: it costs
// little beside the sigmoid, and backward is then one multiplication.
void GeluForward(int count, float* x_to_slope, float* y);
// Multiplies `gradient`, which comes in with respect to y, by dy/dx.
void GeluBackward(int count, const float* slope, float* gradient);

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_GELU_H_
