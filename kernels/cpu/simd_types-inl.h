// Shorthands of the fast paths. No include guard of the usual kind: Highway compiles this once per
// target.
#if defined(ZEROD_KERNELS_CPU_SIMD_TYPES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ZEROD_KERNELS_CPU_SIMD_TYPES_INL_H_
#undef ZEROD_KERNELS_CPU_SIMD_TYPES_INL_H_
#else
#define ZEROD_KERNELS_CPU_SIMD_TYPES_INL_H_
#endif

#include <array>
#include <cstddef>
#include <cstdint>

#include "hwy/highway.h"
#include "kernels/cpu/simd_target.h"
#include "zerod/kernels/formats.h"

HWY_BEFORE_NAMESPACE();
namespace zerod {
namespace HWY_NAMESPACE {
#if ZEROD_HAS_FAST_PATH

namespace hn = hwy::HWY_NAMESPACE;

using DF = hn::ScalableTag<float>;
using DI = hn::RebindToSigned<DF>;
using DU = hn::RebindToUnsigned<DF>;
using VF = hn::Vec<DF>;
using VI = hn::Vec<DI>;
using VU = hn::Vec<DU>;

constexpr std::size_t kLanes = HWY_MAX_BYTES / sizeof(float);
// Vectors of one quant group.
constexpr std::size_t kGroupVectors = kQuantGroupElements / kLanes;

HWY_INLINE VF AsFloat(VU bits) { return hn::BitCast(DF(), bits); }
HWY_INLINE VU AsBits(VF value) { return hn::BitCast(DU(), value); }
HWY_INLINE VU Magnitude(VF value) { return AsBits(hn::Abs(value)); }

// bf16 widens into the upper halves of the lanes.
HWY_INLINE VU LoadHighHalves(const std::uint16_t* from) {
  const hn::Rebind<std::uint16_t, DU> d16;
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL  // one permutation for two operations
  const __m512i order = _mm512_set_epi16(15, 0, 14, 0, 13, 0, 12, 0, 11, 0, 10, 0, 9, 0, 8, 0, 7, 0,
                                         6, 0, 5, 0, 4, 0, 3, 0, 2, 0, 1, 0, 0, 0);
  const __m512i halves = _mm512_castsi256_si512(hn::LoadU(d16, from).raw);
  return VU{_mm512_maskz_permutexvar_epi16(0xaaaaaaaau, order, halves)};
#else
  return hn::ShiftLeft<16>(hn::PromoteTo(DU(), hn::LoadU(d16, from)));
#endif
}
HWY_INLINE VI LoadBytes(const std::int8_t* from) {
  const hn::Rebind<std::int8_t, DI> d8;
  return hn::PromoteTo(DI(), hn::LoadU(d8, from));
}
HWY_INLINE VI LoadBytes(const std::uint8_t* from) {
  const hn::Rebind<std::uint8_t, DI> d8;
  return hn::PromoteTo(DI(), hn::LoadU(d8, from));
}

// Two vectors of lanes become one of halves, and that half a vector of bytes: fewer permutations
// than one by one.
using D16 = hn::Repartition<std::uint16_t, DU>;
using V16 = hn::Vec<D16>;
HWY_INLINE V16 LowHalves(VU first, VU second) {
  return hn::ConcatEven(D16(), hn::BitCast(D16(), second), hn::BitCast(D16(), first));
}
HWY_INLINE V16 HighHalves(VU first, VU second) {
  return hn::ConcatOdd(D16(), hn::BitCast(D16(), second), hn::BitCast(D16(), first));
}
// Byte number kByte of every lane of two vectors, in order, with the bits of kFlip flipped.
template <int kByte, std::uint8_t kFlip = 0>
HWY_INLINE void StoreBytes(VU first, VU second, std::uint8_t* to) {
#if HWY_TARGET == HWY_AVX3_DL  // one permutation for four or five operations
  const hn::Repartition<std::uint8_t, DU> d8;
  const hn::Half<decltype(d8)> half;
  HWY_ALIGN_MAX static constexpr std::array<std::uint8_t, 64> kOrder = [] {
    std::array<std::uint8_t, 64> order{};
    for (std::size_t i = 0; i < 64; ++i) order[i] = static_cast<std::uint8_t>(4 * i % 128 + kByte);
    return order;
  }();
  const __m512i order = hn::Load(d8, kOrder.data()).raw;
  const __m512i bytes = _mm512_permutex2var_epi8(first.raw, order, second.raw);
  const auto stored = hn::LowerHalf(half, hn::Vec<decltype(d8)>{bytes});
  hn::StoreU(kFlip == 0 ? stored : hn::Xor(stored, hn::Set(half, kFlip)), half, to);
#else
  if constexpr (kByte != 0) {
    first = hn::ShiftRight<8 * kByte>(first);
    second = hn::ShiftRight<8 * kByte>(second);
  }
  const hn::Rebind<std::uint8_t, D16> d8;
  const V16 halves = LowHalves(first, second);
#if HWY_TARGET == HWY_AVX3
  const hn::Vec<decltype(d8)> stored{_mm512_cvtepi16_epi8(halves.raw)};
#else
  const auto stored = hn::TruncateTo(d8, halves);
#endif
  hn::StoreU(kFlip == 0 ? stored : hn::Xor(stored, hn::Set(d8, kFlip)), d8, to);
#endif
}

// Adding it to a value whose magnitude is at most 2^22 rounds the value to an integer, to nearest
// even, and leaves that integer's low bits at the bottom of the sum's. Highway's conversions would
// check for overflow.
constexpr float kIntegerShift = 12582912.0f;  // 1.5 * 2^23
constexpr std::int32_t kIntegerShiftBits = 0x4b400000;

// The integer part in the low 16 bits of each lane, for values in [0, 2^15).
HWY_INLINE VU IntegerPart(VF value) {
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
  return VU{_mm512_cvttps_epi32(value.raw)};
#else
  return AsBits(hn::Add(hn::Floor(value), hn::Set(DF(), kIntegerShift)));
#endif
}

// The nearest integer, or floor(value + dither) where the nearest is `old`; in the low 16 bits.
HWY_INLINE VU RoundAwayFrom(VI old, VF value, VF dither) {
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
  const __m512i nearest = _mm512_cvtps_epi32(value.raw);
  const __mmask16 same = _mm512_cmpeq_epi32_mask(nearest, old.raw);
  return VU{_mm512_mask_cvt_roundps_epi32(nearest, same, hn::Add(value, dither).raw,
                                          _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC)};
#else
  const DF df;
  const VF shift = hn::Set(df, kIntegerShift);
  const VI nearest = hn::BitCast(DI(), hn::Add(value, shift));
  const auto same = hn::Eq(nearest, hn::Add(old, hn::Set(DI(), kIntegerShiftBits)));
  const VF rounded =
      hn::IfThenElse(hn::RebindMask(df, same), hn::Floor(hn::Add(value, dither)), value);
  return AsBits(hn::Add(rounded, shift));
#endif
}

// integer / kDivisor, correctly rounded, for integers of at most 8 bits: the reciprocal as the sum
// of two floats is good to 2^-48, so that all but the last rounding stays below 2^-47.
template <int kDivisor>
HWY_INLINE VF DivideByteBy(VF integer) {
  constexpr float kHigh = 1.0f / kDivisor;
  constexpr auto kLow = static_cast<float>(1.0 / kDivisor - static_cast<double>(kHigh));
  const DF df;
  return hn::MulAdd(integer, hn::Set(df, kHigh), hn::Mul(integer, hn::Set(df, kLow)));
}

#endif  // ZEROD_HAS_FAST_PATH
}  // namespace HWY_NAMESPACE
}  // namespace zerod
HWY_AFTER_NAMESPACE();

#endif
