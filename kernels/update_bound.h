#ifndef ZEROD_KERNELS_UPDATE_BOUND_H_
#define ZEROD_KERNELS_UPDATE_BOUND_H_

#include <cstdint>

namespace zerod {

// The greatest |m_hat / sqrt(v_hat)| that exact Adam can reach at its t-th update (t >= 1),
// whatever the gradients: by Cauchy and Schwarz, with rho = beta1^2 / beta2,
//   (1 - beta1) / sqrt(1 - beta2) * sqrt(sum_{i < t} rho^i) * sqrt(1 - beta2^t) / (1 - beta1^t).
// Infinite where nothing bounds it (beta2 = 0 < beta1, t > 1).
double AdamUpdateBound(double beta1, double beta2, std::uint64_t t);

}  // namespace zerod

#endif  // ZEROD_KERNELS_UPDATE_BOUND_H_
