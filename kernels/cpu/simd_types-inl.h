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
// fp16, widened exactly; a NaN keeps its payload.
HWY_INLINE VF LoadHalfFloats(const std::uint16_t* from) {
  const hn::Rebind<std::uint16_t, DF> d16;
  const hn::Rebind<hwy::float16_t, DF> dh;
  return hn::PromoteTo(DF(), hn::BitCast(dh, hn::LoadU(d16, from)));
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
// One byte of each of two vectors' lanes, in order.
using D8 = hn::Rebind<std::uint8_t, D16>;
using V8 = hn::Vec<D8>;
// The low bytes of halves.
HWY_INLINE V8 LowBytes(V16 halves) {
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
  return V8{_mm512_cvtepi16_epi8(halves.raw)};
#else
  return hn::TruncateTo(D8(), hn::And(halves, hn::Set(D16(), 0xff)));
#endif
}
// The second-lowest bytes of two vectors' lanes.
HWY_INLINE V8 SecondBytes(VU first, VU second) {
#if HWY_TARGET == HWY_AVX3_DL  // one permutation for four or five operations
  HWY_ALIGN_MAX static constexpr std::array<std::uint8_t, 64> kOrder = [] {
    std::array<std::uint8_t, 64> order{};
    for (std::size_t i = 0; i < 64; ++i) order[i] = static_cast<std::uint8_t>(4 * i % 128 + 1);
    return order;
  }();
  const hn::Repartition<std::uint8_t, DU> d8;
  const __m512i order = hn::Load(d8, kOrder.data()).raw;
  const __m512i bytes = _mm512_permutex2var_epi8(first.raw, order, second.raw);
  return hn::LowerHalf(D8(), hn::Vec<decltype(d8)>{bytes});
#else
  return LowBytes(hn::ShiftRight<8>(LowHalves(first, second)));
#endif
}
// Bytes widened to the upper bytes of halves, and back.
HWY_INLINE V16 LoadUpperBytes(const std::uint8_t* from) {
  return hn::ShiftLeft<8>(hn::PromoteTo(D16(), hn::LoadU(D8(), from)));
}
HWY_INLINE void StoreUpperBytes(V16 first, std::uint8_t* to_first, V16 second,
                                std::uint8_t* to_second) {
#if HWY_TARGET == HWY_AVX3_DL  // one permutation for both
  HWY_ALIGN_MAX static constexpr std::array<std::uint8_t, 64> kOrder = [] {
    std::array<std::uint8_t, 64> order{};
    for (std::size_t i = 0; i < 64; ++i) order[i] = static_cast<std::uint8_t>(2 * i + 1);
    return order;
  }();
  const __m512i order = _mm512_load_si512(kOrder.data());
  const __m512i bytes = _mm512_permutex2var_epi8(first.raw, order, second.raw);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to_first), _mm512_castsi512_si256(bytes));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to_second), _mm512_extracti64x4_epi64(bytes, 1));
#else
  hn::StoreU(LowBytes(hn::ShiftRight<8>(first)), D8(), to_first);
  hn::StoreU(LowBytes(hn::ShiftRight<8>(second)), D8(), to_second);
#endif
}

// The greater magnitude of bits that have no sign and of a value; a NaN may pass unnoticed.
HWY_INLINE VU MaxMagnitude(VU bits, VF value) {
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
  constexpr int kGreaterMagnitudeWithoutSign = 0xb;
  return VU{_mm512_castps_si512(
      _mm512_range_ps(_mm512_castsi512_ps(bits.raw), value.raw, kGreaterMagnitudeWithoutSign))};
#else
  return hn::Max(bits, Magnitude(value));
#endif
}

// `value` within -bound and bound, which is not negative; a NaN may become a number.
HWY_INLINE VF ClampMagnitude(VF value, VF bound) {
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
  constexpr int kSmallerMagnitudeWithSignOfFirst = 0x2;
  return VF{_mm512_range_ps(value.raw, bound.raw, kSmallerMagnitudeWithSignOfFirst)};
#else
  return hn::Min(hn::Max(value, hn::Neg(bound)), bound);
#endif
}

// Adding it to a value whose magnitude is at most 2^22 rounds the value to an integer, to nearest
// even, and leaves that integer's low bits at the bottom of the sum's. Highway's conversions would
// check for overflow.
constexpr float kIntegerShift = 12582912.0f;  // 1.5 * 2^23

// The integer part in the low 16 bits of each lane, for values in [0, 2^15).
HWY_INLINE VU IntegerPart(VF value) {
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
  return VU{_mm512_cvttps_epi32(value.raw)};
#else
  return AsBits(hn::Add(hn::Floor(value), hn::Set(DF(), kIntegerShift)));
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
