#ifndef ZEROD_KERNELS_UPDATE_RULES_H_
#define ZEROD_KERNELS_UPDATE_RULES_H_

#include "kernels/float_ops.h"
#include "kernels/host_device.h"
#include "kernels/update.h"

namespace zerod {

// What one element's update starts from.
struct UpdateInput {
  float p;         // master weight
  float gradient;  // reduced gradient
  float decayed1;  // beta1 * m
  float decayed2;  // beta2 * v; Lion: beta2 * m
};

struct UpdateResult {
  float p;
  float m;     // 0 where the rule has none
  float v;     // 0 where the rule has none
  float root;  // sqrt(v), which v's codes are made of
  float u;     // the update, before step_size
};

// The gradient that moments see. Decay that is part of the gradient joins it after clipping.
ZEROD_HOST_DEVICE inline float RuleGradient(const UpdateInput& old, const UpdateScalars& s) {
  if (s.coupled_decay == 0.0f) return old.gradient;
  return FusedMultiplyAdd(s.coupled_decay, old.p, Multiply(s.gradient_factor, old.gradient));
}

// The weight after decoupled decay and a step along u.
ZEROD_HOST_DEVICE inline float StepWeight(float p, float u, const UpdateScalars& s) {
  return FusedMultiplyAdd(-s.step_size, u, Multiply(p, s.decay));
}

// Adam and AdamW, with the update clamped to what exact moments can give.
struct AdamRule {
  static constexpr UpdateRule kRule = UpdateRule::kAdam;

  ZEROD_HOST_DEVICE static UpdateResult Update(const UpdateInput& old, const UpdateScalars& s) {
    const float g = RuleGradient(old, s);
    const float m = FusedMultiplyAdd(s.gain1, g, old.decayed1);
    const float gained = Multiply(s.gain2, g);
    const float v = FusedMultiplyAdd(gained, gained, old.decayed2);
    const float root = SquareRoot(v);
    const float inverse = Divide(1.0f, FusedMultiplyAdd(root, s.k2, s.eps));
    const float u = Clamp(Multiply(m, inverse), -s.update_bound, s.update_bound);
    return {StepWeight(old.p, u, s), m, v, root, u};
  }
};

struct LionRule {
  static constexpr UpdateRule kRule = UpdateRule::kLion;

  ZEROD_HOST_DEVICE static UpdateResult Update(const UpdateInput& old, const UpdateScalars& s) {
    const float g = RuleGradient(old, s);
    const float direction = FusedMultiplyAdd(s.gain1, g, old.decayed1);
    // The sign; a zero or a NaN stays what it is.
    const float u = direction > 0.0f ? 1.0f : direction < 0.0f ? -1.0f : direction;
    const float m = FusedMultiplyAdd(s.gain2, g, old.decayed2);
    return {StepWeight(old.p, u, s), m, 0.0f, 0.0f, u};
  }
};

// SGD and SGDW with momentum, dampening 0; m starts as the first gradient, since it was 0.
struct MomentumRule {
  static constexpr UpdateRule kRule = UpdateRule::kMomentum;

  ZEROD_HOST_DEVICE static UpdateResult Update(const UpdateInput& old, const UpdateScalars& s) {
    const float g = RuleGradient(old, s);
    const float m = FusedMultiplyAdd(s.gain1, g, old.decayed1);
    const float u = s.nesterov != 0 ? FusedMultiplyAdd(s.beta1, m, Multiply(s.gain1, g)) : m;
    return {StepWeight(old.p, u, s), m, 0.0f, 0.0f, u};
  }
};

// SGD and SGDW without momentum.
struct GradientRule {
  static constexpr UpdateRule kRule = UpdateRule::kGradient;

  ZEROD_HOST_DEVICE static UpdateResult Update(const UpdateInput& old, const UpdateScalars& s) {
    const float u = Multiply(s.gain1, RuleGradient(old, s));
    return {StepWeight(old.p, u, s), 0.0f, 0.0f, 0.0f, u};
  }
};

}  // namespace zerod

#endif  // ZEROD_KERNELS_UPDATE_RULES_H_
