#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "kernels/float_environment.h"
#include "kernels/hash.h"
#include "kernels/update.h"
#include "kernels/update_bound.h"

namespace zerod {
namespace {

// Factors of weight decay, and on the gradient's own account. With coupled decay the gradient is
// clipped before the decay is added, so the gains must leave clipping out.
struct DecayFactors {
  double decay = 1.0;
  double coupled_decay = 0.0;
  double clip_in_gains;
};

DecayFactors MakeDecayFactors(Optimizer optimizer, const Hyperparameters& h, double clip) {
  switch (optimizer) {
    case Optimizer::kAdam:
    case Optimizer::kSgd:
      return {.coupled_decay = h.weight_decay,
              .clip_in_gains = static_cast<float>(h.weight_decay) > 0.0f ? 1.0 : clip};
    case Optimizer::kAdamW:
    case Optimizer::kSgdW:
    case Optimizer::kLion:
      break;
  }
  const double lr = h.initial_lr > 0.0 ? h.lr / h.initial_lr : h.lr;
  return {.decay = 1.0 - lr * h.weight_decay, .clip_in_gains = clip};
}

}  // namespace

UpdateScalars MakeUpdateScalars(Optimizer optimizer, const Hyperparameters& hyperparameters,
                                std::uint64_t update_count, float clip) {
  ZEROD_CHECK(update_count >= 1);
  const DefaultFloatEnvironment environment;
  const Hyperparameters& h = hyperparameters;
  const DecayFactors factors = MakeDecayFactors(optimizer, h, clip);
  const double t = static_cast<double>(update_count);
  UpdateScalars scalars = {
      .beta1 = static_cast<float>(h.beta1),
      .gain1 = static_cast<float>((1.0 - h.beta1) * factors.clip_in_gains),
      .beta2 = static_cast<float>(h.beta2),
      .step_size = static_cast<float>(h.lr),
      .decay = static_cast<float>(factors.decay),
      .coupled_decay = static_cast<float>(factors.coupled_decay),
      .gradient_factor = clip,
      .update_unit = 1.0f,
  };
  switch (RuleOf(optimizer, /*keeps_momentum=*/true)) {
    case UpdateRule::kAdam: {
      const double correction1 = 1.0 - std::pow(h.beta1, t);
      const double bound = AdamUpdateBound(h.beta1, h.beta2, update_count);
      scalars.gain2 = static_cast<float>(std::sqrt(1.0 - h.beta2) * factors.clip_in_gains);
      scalars.k2 = static_cast<float>(1.0 / std::sqrt(1.0 - std::pow(h.beta2, t)));
      scalars.eps = static_cast<float>(h.eps);
      scalars.update_bound = static_cast<float>(bound * correction1 * (1.0 + 0x1p-20));
      scalars.step_size = static_cast<float>(h.lr / correction1);
      scalars.update_unit = static_cast<float>(1.0 / correction1);
      break;
    }
    case UpdateRule::kLion:
      scalars.gain2 = static_cast<float>((1.0 - h.beta2) * factors.clip_in_gains);
      break;
    case UpdateRule::kMomentum:
    case UpdateRule::kGradient:
      scalars.beta1 = static_cast<float>(h.momentum);
      scalars.gain1 = static_cast<float>(factors.clip_in_gains);
      scalars.beta2 = 0.0f;
      scalars.nesterov = h.nesterov ? 1 : 0;
      break;
  }
  return scalars;
}

StepKey MakeStepKey(std::uint64_t job_seed, std::uint64_t step) {
  return {Mix64(Mix64(job_seed + kWeyl64) + step * kWeyl64)};
}

void UpdateTelemetry::Merge(const UpdateTelemetry& other) {
  nonfinite_count += other.nonfinite_count;
  unmoved_count += other.unmoved_count;
  floor_count += other.floor_count;
  max_update_bits = std::max(max_update_bits, other.max_update_bits);
}

}  // namespace zerod
