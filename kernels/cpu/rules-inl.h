// kernels/update_rules.h by the vector. Highway compiles this once per target.
#if defined(ZEROD_KERNELS_CPU_RULES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ZEROD_KERNELS_CPU_RULES_INL_H_
#undef ZEROD_KERNELS_CPU_RULES_INL_H_
#else
#define ZEROD_KERNELS_CPU_RULES_INL_H_
#endif

#include "kernels/cpu/simd_types-inl.h"
#include "kernels/update.h"

HWY_BEFORE_NAMESPACE();
namespace zerod {
namespace HWY_NAMESPACE {
#if ZEROD_HAS_FAST_PATH

// A task's scalars in every lane. A local copy: the compiler must assume that stores through byte
// pointers change whatever else it can reach.
struct ScalarVectors {
  VF beta1, gain1, beta2, gain2, k2, eps, bound, minus_step, decay;
  bool nesterov;
};
HWY_INLINE ScalarVectors BroadcastScalars(const UpdateScalars& s) {
  const DF df;
  return {hn::Set(df, s.beta1),        hn::Set(df, s.gain1),
          hn::Set(df, s.beta2),        hn::Set(df, s.gain2),
          hn::Set(df, s.k2),           hn::Set(df, s.eps),
          hn::Set(df, s.update_bound), hn::Set(df, -s.step_size),
          hn::Set(df, s.decay),        s.nesterov != 0};
}

// What comes of finite moments is right; of others it is as good as any, since they go to the
// reference. So no comparison has to think of NaNs.

HWY_INLINE VF StepWeights(VF p, VF u, const ScalarVectors& s) {
  return hn::MulAdd(s.minus_step, u, hn::Mul(p, s.decay));
}

// The rules without v: the new m, where there is one, and the update.
struct MomentumVectors {
  VF m;
  VF u;
};
template <UpdateRule kRule>
HWY_INLINE MomentumVectors UpdateMomentum(VF g, VF decayed1, VF decayed2, const ScalarVectors& s) {
  const DF df;
  if constexpr (kRule == UpdateRule::kLion) {
    const VF direction = hn::MulAdd(s.gain1, g, decayed1);
    const VF sign = hn::CopySign(hn::Set(df, 1.0f), direction);
    const VF u = hn::IfThenElse(hn::Eq(direction, hn::Zero(df)), direction, sign);
    return {hn::MulAdd(s.gain2, g, decayed2), u};
  } else if constexpr (kRule == UpdateRule::kMomentum) {
    const VF m = hn::MulAdd(s.gain1, g, decayed1);
    return {m, s.nesterov ? hn::MulAdd(s.beta1, m, hn::Mul(s.gain1, g)) : m};
  } else {
    return {hn::Zero(df), hn::Mul(s.gain1, g)};
  }
}

#endif  // ZEROD_HAS_FAST_PATH
}  // namespace HWY_NAMESPACE
}  // namespace zerod
HWY_AFTER_NAMESPACE();

#endif
