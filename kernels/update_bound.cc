#include "kernels/update_bound.h"

#include <bit>
#include <cmath>

namespace zerod {
namespace {

// sum_{i < count} ratio^i by doubling: every term is positive, so nothing cancels where the ratio
// is close to 1, as it would in the closed form.
double GeometricSum(double ratio, std::uint64_t count) {
  double sum = 0.0;
  double power = 1.0;  // ratio^n, where `sum` has n terms
  for (int bit = std::bit_width(count) - 1; bit >= 0; --bit) {
    sum += sum * power;
    power *= power;
    if ((count >> bit & 1) != 0) {
      sum += power;
      power *= ratio;
    }
  }
  return sum;
}

}  // namespace

double AdamUpdateBound(double beta1, double beta2, std::uint64_t t) {
  const double terms = t == 1 || beta1 == 0.0 ? 1.0 : GeometricSum(beta1 * beta1 / beta2, t);
  const double exponent = static_cast<double>(t);
  return (1.0 - beta1) / std::sqrt(1.0 - beta2) * std::sqrt(terms) *
         std::sqrt(1.0 - std::pow(beta2, exponent)) / (1.0 - std::pow(beta1, exponent));
}

}  // namespace zerod
