#ifndef ZEROD_KERNELS_CUDA_LANE_WORDS_H_
#define ZEROD_KERNELS_CUDA_LANE_WORDS_H_

#include <cstdint>

#include "kernels/bf16.h"
#include "kernels/float_bits.h"
#include "kernels/host_device.h"

#if defined(__CUDACC__)
#include <cuda_bf16.h>
#endif

#if defined(__CUDA_ARCH__)
#define ZEROD_UNROLL_ON_DEVICE _Pragma("unroll")
#else
#define ZEROD_UNROLL_ON_DEVICE
#endif

namespace zerod {

// Words of packed bytes and halves: single instructions of the device, spelt out for the host so
// that what is built of them can be tested there.

// Of each byte the uppermost bit: added to signed codes or corrections it gives them in excess of
// 128, so that bytes are indices, or in order.
inline constexpr std::uint32_t kSignsOfBytes = 0x80808080u;

// The byte of selector nibble i becomes byte i; 0 to 3 select from `low`, 4 to 7 from `high`.
ZEROD_HOST_DEVICE inline std::uint32_t PermuteBytes(std::uint32_t low, std::uint32_t high,
                                                    std::uint32_t selector) {
#if defined(__CUDA_ARCH__)
  return __byte_perm(low, high, selector);
#else
  const std::uint64_t bytes = static_cast<std::uint64_t>(high) << 32 | low;
  std::uint32_t result = 0;
  for (int i = 0; i < 4; ++i) {
    const std::uint32_t from = selector >> (4 * i) & 7;
    result |= static_cast<std::uint32_t>(bytes >> (8 * from) & 0xff) << (8 * i);
  }
  return result;
#endif
}

// Of each unsigned half.
ZEROD_HOST_DEVICE inline std::uint32_t MinOfHalves(std::uint32_t a, std::uint32_t b) {
#if defined(__CUDA_ARCH__)
  return __vminu2(a, b);
#else
  const std::uint32_t low = (a & 0xffff) < (b & 0xffff) ? a & 0xffff : b & 0xffff;
  const std::uint32_t high = a >> 16 < b >> 16 ? a >> 16 : b >> 16;
  return high << 16 | low;
#endif
}

ZEROD_HOST_DEVICE inline std::uint32_t MaxOfHalves(std::uint32_t a, std::uint32_t b) {
#if defined(__CUDA_ARCH__)
  return __vmaxu2(a, b);
#else
  return ~MinOfHalves(~a, ~b);
#endif
}

// Both rounded to nearest even; a NaN becomes some NaN.
ZEROD_HOST_DEVICE inline std::uint32_t PackBf16s(float low, float high) {
#if defined(__CUDA_ARCH__)
  const __nv_bfloat162 packed = __floats2bfloat162_rn(low, high);
  return reinterpret_cast<const std::uint32_t&>(packed);
#else
  return Bf16OfFloat(low) | static_cast<std::uint32_t>(Bf16OfFloat(high)) << 16;
#endif
}

// A word's halves, widened.
struct FloatPair {
  float low;
  float high;
};
ZEROD_HOST_DEVICE inline FloatPair FloatsOfBf16s(std::uint32_t word) {
  return {FloatOf(word << 16), FloatOf(word & 0xffff0000u)};
}

// How many of the bytes are `byte`.
ZEROD_HOST_DEVICE inline std::uint32_t CountBytes(std::uint32_t word, std::uint32_t byte) {
  std::uint32_t count = 0;
  for (int i = 0; i < 4; ++i) count += (word >> (8 * i) & 0xff) == byte ? 1 : 0;
  return count;
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_LANE_WORDS_H_
