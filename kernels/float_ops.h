#ifndef ZEROD_KERNELS_FLOAT_OPS_H_
#define ZEROD_KERNELS_FLOAT_OPS_H_

#include <cmath>
#include <cstdint>

#include "kernels/float_bits.h"
#include "kernels/host_device.h"

namespace zerod {

// The only floating-point operations of the numerics: binary32, one rounding each, to nearest even.
// On the device they are intrinsics, which the compiler may not contract; the host is compiled with
// -ffp-contract=off.

ZEROD_HOST_DEVICE inline float Add(float a, float b) {
#if defined(__CUDA_ARCH__)
  return __fadd_rn(a, b);
#else
  return a + b;
#endif
}

ZEROD_HOST_DEVICE inline float Subtract(float a, float b) { return Add(a, -b); }

ZEROD_HOST_DEVICE inline float Multiply(float a, float b) {
#if defined(__CUDA_ARCH__)
  return __fmul_rn(a, b);
#else
  return a * b;
#endif
}

// a * b + c, rounded once.
ZEROD_HOST_DEVICE inline float FusedMultiplyAdd(float a, float b, float c) {
#if defined(__CUDA_ARCH__)
  return __fmaf_rn(a, b, c);
#else
  return std::fma(a, b, c);
#endif
}

ZEROD_HOST_DEVICE inline float Divide(float a, float b) {
#if defined(__CUDA_ARCH__)
  return __fdiv_rn(a, b);
#else
  return a / b;
#endif
}

ZEROD_HOST_DEVICE inline float SquareRoot(float a) {
#if defined(__CUDA_ARCH__)
  return __fsqrt_rn(a);
#else
  return std::sqrt(a);
#endif
}

// A NaN stays a NaN: both comparisons are false. `high` may be infinite.
ZEROD_HOST_DEVICE inline float Clamp(float value, float low, float high) {
  value = value < low ? low : value;
  return value > high ? high : value;
}

// The nearest integer, ties to even, of a value whose magnitude is at most 2^22.
ZEROD_HOST_DEVICE inline std::int32_t NearestInteger(float value) {
  constexpr float kShift = 12582912.0f;  // 1.5 * 2^23: the sum's last place is 1
  return static_cast<std::int32_t>(Subtract(Add(value, kShift), kShift));
}

// The greatest integer that is not above a value whose magnitude is at most 2^22.
ZEROD_HOST_DEVICE inline std::int32_t FloorInteger(float value) {
  const auto truncated = static_cast<std::int32_t>(value);
  return truncated - (static_cast<float>(truncated) > value ? 1 : 0);
}

// Unsigned fixed point with 8 bits after the point, in the low 16 bits: what codes are rounded in,
// so that a hashed byte can be added exactly. A binary32 number in [49152, 49408) has exactly these
// places.
inline constexpr float kFixedOrigin = 49152.0f;  // 1.5 * 2^15
inline constexpr std::uint32_t kFixedOriginBits = 0x47400000;

// The fixed-point number in `shifted` - kFixedOrigin, clamped to [1, 255], which leaves room for
// rounding up. Not for NaNs.
ZEROD_HOST_DEVICE inline std::uint32_t FixedPoint(float shifted) {
  return BitsOf(Clamp(shifted, kFixedOrigin + 1.0f, kFixedOrigin + 255.0f)) - kFixedOriginBits;
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_FLOAT_OPS_H_
