#ifndef ZEROD_KERNELS_SPLIT_HALF_H_
#define ZEROD_KERNELS_SPLIT_HALF_H_

#include <cstdint>

#include "kernels/float_bits.h"
#include "kernels/float_ops.h"
#include "kernels/host_device.h"

namespace zerod {

// A master weight as an fp16 weight and a correction. Both together are an "extended half": fp16's
// sign and 5 bits of exponent, and its mantissa with 0, 8 or 16 bits more. As with fp16 itself, the
// patterns of one sign are ordered like their values, across exponents and into the subnormals; so
// the weight is the pattern rounded to its upper 16 bits, and the correction is the signed rest.

inline constexpr std::uint32_t kHalfRebias = 112u << 23;  // from fp16's exponents to binary32's
inline constexpr std::uint32_t kHalfNormalBits =
    0x38800000;  // 2^-14, fp16's smallest normal number

// Magnitudes at or above these could round to an infinite weight; they count as non-finite.
inline constexpr std::uint32_t kLimitHalf24Nearest = 0x477feff0;
inline constexpr std::uint32_t kLimitHalf24Stochastic = 0x477fefe1;
inline constexpr std::uint32_t kLimitHalf32 = 0x477ff000;
inline constexpr std::uint32_t kLimitHalfNearest = 0x477ff000;
inline constexpr std::uint32_t kLimitHalfStochastic = 0x477fe001;

// fp16's canonical NaN, extended.
inline constexpr std::uint32_t kHalfNan = 0x7e00;

// 2^exponent as binary32.
ZEROD_HOST_DEVICE inline float PowerOfTwo(int exponent) {
  return FloatOf(static_cast<std::uint32_t>(exponent + 127) << 23);
}

// The extended half nearest to a magnitude below its limit, ties to even. kMore is 0, 8 or 16.
template <int kMore>
ZEROD_HOST_DEVICE inline std::uint32_t ExtendedHalfNearest(std::uint32_t magnitude) {
  if (magnitude >= kHalfNormalBits) {
    const std::uint32_t rebiased = magnitude - kHalfRebias;
    if constexpr (kMore == 16) {
      return rebiased << 3;
    } else {
      constexpr int kDropped = 13 - kMore;
      const std::uint32_t odd = rebiased >> kDropped & 1;
      return (rebiased + (1u << (kDropped - 1)) - 1 + odd) >> kDropped;
    }
  }
  // Subnormal: a fixed-point number. Beyond 2^23 every binary32 number is an integer.
  const float fixed = Multiply(FloatOf(magnitude), PowerOfTwo(24 + kMore));
  if (kMore == 16 && fixed >= 8388608.0f) return static_cast<std::uint32_t>(fixed);
  return static_cast<std::uint32_t>(Subtract(Add(fixed, 8388608.0f), 8388608.0f));
}

// The same with the rounding that `random`, kRandomBits hashed bits, decides. kMore is 0 or 8. What
// is an extended half already stays as it is, so the random part is compared with what is to be
// rounded away, not added to it: among the larger subnormals the sum would itself be rounded.
template <int kMore, int kRandomBits>
ZEROD_HOST_DEVICE inline std::uint32_t ExtendedHalfStochastic(std::uint32_t magnitude,
                                                              std::uint32_t random) {
  constexpr int kDropped = 13 - kMore;
  if (magnitude >= kHalfNormalBits) {
    return (magnitude - kHalfRebias + (random >> (kRandomBits - kDropped))) >> kDropped;
  }
  const float fixed = Multiply(FloatOf(magnitude), PowerOfTwo(24 + kMore));
  const auto whole = static_cast<std::uint32_t>(fixed);
  const float rest = Multiply(Subtract(fixed, static_cast<float>(whole)), PowerOfTwo(kRandomBits));
  return whole + (rest > Add(static_cast<float>(random), 0.5f) ? 1 : 0);
}

// A magnitude of an extended half back as binary32; exact for what was split. Weights that are
// infinite or NaN give a NaN.
template <int kMore>
ZEROD_HOST_DEVICE inline std::uint32_t JoinExtendedHalf(std::uint32_t magnitude) {
  constexpr std::uint32_t kSmallestNormal = 1u << (10 + kMore);
  constexpr std::uint32_t kInfinity = 31u << (10 + kMore);
  if (magnitude >= kInfinity) return kCanonicalNanBits;
  if (magnitude < kSmallestNormal) {
    return BitsOf(Multiply(static_cast<float>(magnitude), PowerOfTwo(-24 - kMore)));
  }
  if constexpr (kMore == 16) {
    return (magnitude >> 3) + kHalfRebias;
  } else {
    return (magnitude << (13 - kMore)) + kHalfRebias;
  }
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_SPLIT_HALF_H_
