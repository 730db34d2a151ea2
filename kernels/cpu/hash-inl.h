// kernels/hash.h for a vector of lanes. Highway compiles this once per target.
#if defined(ZEROD_KERNELS_CPU_HASH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ZEROD_KERNELS_CPU_HASH_INL_H_
#undef ZEROD_KERNELS_CPU_HASH_INL_H_
#else
#define ZEROD_KERNELS_CPU_HASH_INL_H_
#endif

#include "kernels/cpu/simd_types-inl.h"
#include "kernels/hash.h"

HWY_BEFORE_NAMESPACE();
namespace zerod {
namespace HWY_NAMESPACE {
#if ZEROD_HAS_FAST_PATH

// LaneHash, where `start` is low + lane * kWeyl32 and `high` the group key's other half.
HWY_INLINE VU FinishHashes(VU start, VU high) {
  const DU du;
  VU x = hn::Mul(hn::Xor(start, hn::ShiftRight<16>(start)), hn::Set(du, 0x7feb352du));
  x = hn::Xor3(x, hn::ShiftRight<15>(x), high);
  return hn::Mul(x, hn::Set(du, 0x846ca68bu));
}

// LaneHash of `first_lane` and the lanes after it.
HWY_INLINE VU LaneHashes(std::uint32_t low, std::uint32_t high, std::size_t first_lane) {
  const DU du;
  const VU lanes = hn::Iota(du, static_cast<std::uint32_t>(first_lane));
  return FinishHashes(hn::Add(hn::Set(du, low), hn::Mul(lanes, hn::Set(du, kWeyl32))),
                      hn::Set(du, high));
}

#endif  // ZEROD_HAS_FAST_PATH
}  // namespace HWY_NAMESPACE
}  // namespace zerod
HWY_AFTER_NAMESPACE();

#endif
