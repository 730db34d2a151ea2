#ifndef ZEROD_KERNELS_FLOAT_BITS_H_
#define ZEROD_KERNELS_FLOAT_BITS_H_

#include <cstdint>
#include <cstring>

#include "kernels/host_device.h"

namespace zerod {

inline constexpr std::uint32_t kMagnitudeMask = 0x7fffffff;
inline constexpr std::uint32_t kInfinityBits = 0x7f800000;
// The only NaN that is ever stored: processors disagree about the payloads that they produce.
inline constexpr std::uint32_t kCanonicalNanBits = 0x7fc00000;

ZEROD_HOST_DEVICE inline std::uint32_t BitsOf(float value) {
#if defined(__CUDA_ARCH__)
  return __float_as_uint(value);
#else
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
#endif
}

ZEROD_HOST_DEVICE inline float FloatOf(std::uint32_t bits) {
#if defined(__CUDA_ARCH__)
  return __uint_as_float(bits);
#else
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
#endif
}

// Of non-NaN values the order of magnitudes is the integer order of these bits.
ZEROD_HOST_DEVICE inline std::uint32_t MagnitudeBits(float value) {
  return BitsOf(value) & kMagnitudeMask;
}

ZEROD_HOST_DEVICE inline bool IsFinite(float value) { return MagnitudeBits(value) < kInfinityBits; }

ZEROD_HOST_DEVICE inline float Absolute(float value) { return FloatOf(MagnitudeBits(value)); }

// The value to store: itself, or the canonical NaN for any NaN.
ZEROD_HOST_DEVICE inline float CanonicalizeNan(float value) {
  return MagnitudeBits(value) > kInfinityBits ? FloatOf(kCanonicalNanBits) : value;
}

// The value to store where infinities are as bad as NaNs.
ZEROD_HOST_DEVICE inline float CanonicalizeNonfinite(float value) {
  return IsFinite(value) ? value : FloatOf(kCanonicalNanBits);
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_FLOAT_BITS_H_
