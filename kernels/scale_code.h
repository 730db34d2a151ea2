#ifndef ZEROD_KERNELS_SCALE_CODE_H_
#define ZEROD_KERNELS_SCALE_CODE_H_

#include <cstdint>

#include "kernels/float_bits.h"
#include "kernels/host_device.h"

namespace zerod {

// The `robust` codec's scales: unsigned 6-bit exponent and 10-bit mantissa, 2^-40 to just below
// 2^24. fp16's exponents are spent on a range that moments don't have: gradients of a large model
// underflow there.
inline constexpr std::int32_t kScaleBias = 87 << 23;  // the bits of 2^-40

// The value of a stored code; positive.
ZEROD_HOST_DEVICE inline float ScaleOfCode(std::uint16_t code) {
  return FloatOf((static_cast<std::uint32_t>(code) << 13) + kScaleBias);
}

// `a` is finite and not negative; `addend` in [0, 8191] decides the rounding. Saturates at both
// ends.
ZEROD_HOST_DEVICE inline std::uint16_t ScaleCode(float a, std::uint32_t addend) {
  const std::int32_t distance = static_cast<std::int32_t>(BitsOf(a)) - kScaleBias;
  const std::int32_t code = (distance + static_cast<std::int32_t>(addend)) >> 13;
  return static_cast<std::uint16_t>(code < 0 ? 0 : code > 65535 ? 65535 : code);
}

// To nearest, ties to the even code.
ZEROD_HOST_DEVICE inline std::uint16_t ScaleCodeNearest(float a) {
  return ScaleCode(a, 0xfff + ((BitsOf(a) >> 13) & 1));
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_SCALE_CODE_H_
