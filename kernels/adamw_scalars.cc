#include <cmath>

#include "base/check.h"
#include "kernels/adamw.h"
#include "kernels/hash.h"
#include "kernels/update_bound.h"

namespace zerod {

AdamWScalars MakeAdamWScalars(const AdamWHyperparameters& hyperparameters,
                              std::uint64_t update_count, float clip) {
  ZEROD_CHECK(update_count >= 1);
  const AdamWHyperparameters& h = hyperparameters;
  const double t = static_cast<double>(update_count);
  const double correction1 = 1.0 - std::pow(h.beta1, t);
  const double correction2 = 1.0 - std::pow(h.beta2, t);
  const double bound = AdamUpdateBound(h.beta1, h.beta2, update_count);
  return {
      .beta1 = static_cast<float>(h.beta1),
      .one_minus_beta1 = static_cast<float>(1.0 - h.beta1),
      .beta2 = static_cast<float>(h.beta2),
      .one_minus_beta2 = static_cast<float>(1.0 - h.beta2),
      .k2 = static_cast<float>(1.0 / std::sqrt(correction2)),
      .a = static_cast<float>(h.lr / correction1),
      .eps = static_cast<float>(h.eps),
      .decay = static_cast<float>(1.0 - h.lr * h.weight_decay),
      .update_bound = static_cast<float>(bound * correction1 * (1.0 + 0x1p-20)),
      .clip = clip,
  };
}

StepKey MakeStepKey(std::uint64_t job_seed, std::uint64_t step) {
  return {Mix64(Mix64(job_seed + kWeyl64) + step * kWeyl64)};
}

}  // namespace zerod
