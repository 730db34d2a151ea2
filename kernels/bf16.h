#ifndef ZEROD_KERNELS_BF16_H_
#define ZEROD_KERNELS_BF16_H_

#include <cstdint>

#include "kernels/float_bits.h"
#include "kernels/host_device.h"

namespace zerod {

// bfloat16 is the high half of a binary32.
ZEROD_HOST_DEVICE inline float FloatOfBf16(std::uint16_t bf16) {
  return FloatOf(static_cast<std::uint32_t>(bf16) << 16);
}

// To nearest even; overflow gives infinity, every NaN gives 0x7fc0.
ZEROD_HOST_DEVICE inline std::uint16_t Bf16OfFloat(float value) {
  const std::uint32_t bits = BitsOf(CanonicalizeNan(value));
  return static_cast<std::uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_BF16_H_
