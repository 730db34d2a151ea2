// kernels/split_half.h by the vector. Highway compiles this once per target.
#if defined(ZEROD_KERNELS_CPU_HALF_MASTER_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ZEROD_KERNELS_CPU_HALF_MASTER_INL_H_
#undef ZEROD_KERNELS_CPU_HALF_MASTER_INL_H_
#else
#define ZEROD_KERNELS_CPU_HALF_MASTER_INL_H_
#endif

#include "kernels/cpu/simd_types-inl.h"
#include "kernels/split_half.h"

HWY_BEFORE_NAMESPACE();
namespace zerod {
namespace HWY_NAMESPACE {
#if ZEROD_HAS_FAST_PATH

HWY_INLINE VU SelectNormal(VU magnitude, VU normal, VU subnormal) {
  const DU du;
  const auto is_normal = hn::Gt(magnitude, hn::Set(du, kHalfNormalBits - 1));
  return hn::IfThenElse(is_normal, normal, subnormal);
}

// ExtendedHalfNearest.
template <int kMore>
HWY_INLINE VU ExtendNearest(VU magnitude) {
  const DU du;
  const VU rebiased = hn::Sub(magnitude, hn::Set(du, kHalfRebias));
  VU normal;
  if constexpr (kMore == 16) {
    normal = hn::ShiftLeft<3>(rebiased);
  } else {
    constexpr int kDropped = 13 - kMore;
    const VU odd = hn::And(hn::ShiftRight<kDropped>(rebiased), hn::Set(du, 1));
    const VU addend = hn::Add(odd, hn::Set(du, (1u << (kDropped - 1)) - 1));
    normal = hn::ShiftRight<kDropped>(hn::Add(rebiased, addend));
  }
  const VF fixed = hn::Mul(AsFloat(magnitude), hn::Set(DF(), PowerOfTwo(24 + kMore)));
  return SelectNormal(magnitude, normal, hn::BitCast(du, hn::NearestInt(fixed)));
}

// ExtendedHalfStochastic; `random` are kRandomBits bits.
template <int kMore, int kRandomBits>
HWY_INLINE VU ExtendStochastic(VU magnitude, VU random) {
  const DU du;
  const DF df;
  constexpr int kDropped = 13 - kMore;
  const VU rebiased = hn::Sub(magnitude, hn::Set(du, kHalfRebias));
  const VU addend = hn::ShiftRight<kRandomBits - kDropped>(random);
  const VU normal = hn::ShiftRight<kDropped>(hn::Add(rebiased, addend));
  const VF number = hn::ConvertTo(df, hn::BitCast(DI(), random));
  const VF fixed = hn::Mul(AsFloat(magnitude), hn::Set(df, PowerOfTwo(24 + kMore)));
  const VI whole = hn::ConvertTo(DI(), fixed);
  const VF rest =
      hn::Mul(hn::Sub(fixed, hn::ConvertTo(df, whole)), hn::Set(df, PowerOfTwo(kRandomBits)));
  const auto up = hn::RebindMask(DI(), hn::Gt(rest, hn::Add(number, hn::Set(df, 0.5f))));
  const VI rounded = hn::Add(whole, hn::IfThenElseZero(up, hn::Set(DI(), 1)));
  return SelectNormal(magnitude, normal, hn::BitCast(du, rounded));
}

// JoinExtendedHalf, and the sign of the weight.
template <int kMore>
HWY_INLINE VU JoinExtended(VU weights, VU magnitude) {
  const DU du;
  const DF df;
  const VU moved = [&] {
    if constexpr (kMore == 16) {
      return hn::ShiftRight<3>(magnitude);
    } else {
      return hn::ShiftLeft<13 - kMore>(magnitude);
    }
  }();
  const VU normal = hn::Add(moved, hn::Set(du, kHalfRebias));
  const VF fixed = hn::ConvertTo(df, hn::BitCast(DI(), magnitude));
  const VU subnormal = AsBits(hn::Mul(fixed, hn::Set(df, PowerOfTwo(-24 - kMore))));
  const auto is_normal = hn::Gt(magnitude, hn::Set(du, (1u << (10 + kMore)) - 1));
  const auto is_finite = hn::Lt(magnitude, hn::Set(du, 31u << (10 + kMore)));
  const VU joined = hn::IfThenElse(is_finite, hn::IfThenElse(is_normal, normal, subnormal),
                                   hn::Set(du, kCanonicalNanBits));
  const VU sign = hn::ShiftLeft<16>(hn::And(weights, hn::Set(du, 0x8000)));
  return hn::Or(joined, sign);
}

#endif  // ZEROD_HAS_FAST_PATH
}  // namespace HWY_NAMESPACE
}  // namespace zerod
HWY_AFTER_NAMESPACE();

#endif
