#ifndef ZEROD_KERNELS_HALF_H_
#define ZEROD_KERNELS_HALF_H_

#include <cstdint>

#include "kernels/float_bits.h"
#include "kernels/host_device.h"

namespace zerod {

// IEEE binary16 in integers: compilers and processors differ in what they offer, not in what comes
// out.

ZEROD_HOST_DEVICE inline float FloatOfHalf(std::uint16_t half) {
  const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000) << 16;
  const std::uint32_t exponent = (half >> 10) & 0x1f;
  const std::uint32_t mantissa = half & 0x3ff;
  if (exponent == 31) {
    return FloatOf(mantissa == 0 ? sign | kInfinityBits : kCanonicalNanBits);
  }
  if (exponent == 0) {  // subnormal: mantissa * 2^-24, exact
    return FloatOf(sign | BitsOf(static_cast<float>(mantissa) * (1.0f / (1 << 24))));
  }
  return FloatOf(sign | ((exponent + 112) << 23) | (mantissa << 13));
}

// To nearest even; overflow gives infinity, every NaN gives 0x7e00.
ZEROD_HOST_DEVICE inline std::uint16_t HalfOfFloat(float value) {
  const std::uint32_t magnitude = MagnitudeBits(value);
  const auto sign = static_cast<std::uint16_t>((BitsOf(value) >> 16) & 0x8000);
  if (magnitude > kInfinityBits) return 0x7e00;
  std::uint32_t rounded;
  if (magnitude >= 0x47800000) {  // 2^16 and beyond
    rounded = 0x7c00;
  } else if (magnitude >= 0x38800000) {  // normal: 2^-14 and beyond; a carry may reach infinity
    rounded = (magnitude - (112u << 23) + 0xfff + ((magnitude >> 13) & 1)) >> 13;
  } else if (magnitude > 0x33000000) {  // subnormal: above 2^-25, the tie with zero
    const std::uint32_t significand = (magnitude & 0x7fffff) | 0x800000;
    const std::uint32_t shift = 126 - (magnitude >> 23);  // 14 to 24
    const std::uint32_t kept = significand >> shift;
    const std::uint32_t rest = significand & ((1u << shift) - 1);
    const std::uint32_t half_unit = 1u << (shift - 1);
    rounded = kept + (rest > half_unit || (rest == half_unit && (kept & 1) != 0) ? 1 : 0);
  } else {
    rounded = 0;
  }
  return static_cast<std::uint16_t>(sign | rounded);
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_HALF_H_
