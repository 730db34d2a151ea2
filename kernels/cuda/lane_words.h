#ifndef ZEROD_KERNELS_CUDA_LANE_WORDS_H_
#define ZEROD_KERNELS_CUDA_LANE_WORDS_H_

#include <cstdint>

#include "kernels/bf16.h"
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

// Of each half, bf16s: the smaller of `least`, which has no sign, and the magnitude in `word`,
// where a NaN counts as large.
ZEROD_HOST_DEVICE inline std::uint32_t MinMagnitudes(std::uint32_t least, std::uint32_t word) {
#if defined(__CUDA_ARCH__)
  __nv_bfloat162 a;
  __nv_bfloat162 b;
  reinterpret_cast<std::uint32_t&>(a) = least;
  reinterpret_cast<std::uint32_t&>(b) = word;
  const __nv_bfloat162 result = __hmin2(a, __habs2(b));
  return reinterpret_cast<const std::uint32_t&>(result);
#else
  return MinOfHalves(least, word & 0x7fff7fffu);
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

// How many of the bytes are `byte`.
ZEROD_HOST_DEVICE inline std::uint32_t CountBytes(std::uint32_t word, std::uint32_t byte) {
  std::uint32_t count = 0;
  for (int i = 0; i < 4; ++i) count += (word >> (8 * i) & 0xff) == byte ? 1 : 0;
  return count;
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_LANE_WORDS_H_
