#ifndef ZEROD_KERNELS_CUDA_SEEDED_FLOAT_H_
#define ZEROD_KERNELS_CUDA_SEEDED_FLOAT_H_

#include <cmath>
#include <limits>

#include "kernels/float_bits.h"
#include "kernels/float_ops.h"
#include "kernels/host_device.h"

namespace zerod {

// Reciprocal and square root, correctly rounded in the ranges given, from the device's approximate
// seeds in a third of the instructions of the intrinsics, which also serve all other operands.
// tests/gpu proves each range exhaustively. The host takes the operations themselves, and gives a
// NaN outside of the ranges, so that its tests notice an operand that nothing is proven of.

inline constexpr int kReciprocalExponents = 60;  // for |exponent| up to this
inline constexpr int kLeastRootExponent = -100;
inline constexpr int kGreatestRootExponent = 120;

#if defined(__CUDA_ARCH__)
__device__ inline float ReciprocalSeed(float value) {
  float seed;
  asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(seed) : "f"(value));
  return seed;
}

__device__ inline float InverseRootSeed(float value) {
  float seed;
  asm("rsqrt.approx.ftz.f32 %0, %1;" : "=f"(seed) : "f"(value));
  return seed;
}
#else
inline float IfExponentIsIn(int least, int greatest, float operand, float result) {
  const int exponent = static_cast<int>(MagnitudeBits(operand) >> 23) - 127;
  const bool is_in = least <= exponent && exponent <= greatest;
  return is_in ? result : std::numeric_limits<float>::quiet_NaN();
}
#endif

// 1 / b.
ZEROD_HOST_DEVICE inline float Reciprocal(float b) {
#if defined(__CUDA_ARCH__)
  const float seed = ReciprocalSeed(b);
  return FusedMultiplyAdd(seed, FusedMultiplyAdd(-b, seed, 1.0f), seed);
#else
  return IfExponentIsIn(-kReciprocalExponents, kReciprocalExponents, b, 1.0f / b);
#endif
}

// sqrt(a); NaN where a is 0, subnormal or not finite.
ZEROD_HOST_DEVICE inline float Root(float a) {
#if defined(__CUDA_ARCH__)
  const float seed = InverseRootSeed(a);
  const float root = Multiply(a, seed);
  return FusedMultiplyAdd(FusedMultiplyAdd(-root, root, a), Multiply(0.5f, seed), root);
#else
  return IfExponentIsIn(kLeastRootExponent, kGreatestRootExponent, a, std::sqrt(a));
#endif
}

// What the fast path computes with: seeds, in the ranges above...
struct SeededFloat {
  static constexpr bool kAnyOperand = false;
  ZEROD_HOST_DEVICE static float ReciprocalOf(float b) { return Reciprocal(b); }
  ZEROD_HOST_DEVICE static float RootOf(float a) { return Root(a); }
};
// ... or the intrinsics.
struct IntrinsicFloat {
  static constexpr bool kAnyOperand = true;
  ZEROD_HOST_DEVICE static float ReciprocalOf(float b) { return Divide(1.0f, b); }
  ZEROD_HOST_DEVICE static float RootOf(float a) { return SquareRoot(a); }
};

// The greater one; a NaN if either is.
ZEROD_HOST_DEVICE inline float MaxOrNan(float a, float b) {
#if defined(__CUDA_ARCH__)
  float result;
  asm("max.NaN.f32 %0, %1, %2;" : "=f"(result) : "f"(a), "f"(b));
  return result;
#else
  if (a != a || b != b) return std::numeric_limits<float>::quiet_NaN();
  return a < b ? b : a;
#endif
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_SEEDED_FLOAT_H_
