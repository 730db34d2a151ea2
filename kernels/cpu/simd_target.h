#ifndef ZEROD_KERNELS_CPU_SIMD_TARGET_H_
#define ZEROD_KERNELS_CPU_SIMD_TARGET_H_

#include "hwy/detect_targets.h"

// Whether the target being compiled has what the fast paths need: a fused multiply-add, correctly
// rounded division and square root, and vectors of a fixed size. Everywhere else the reference
// runs. To be tested inside target namespaces.
#define ZEROD_HAS_FAST_PATH                                                         \
  (HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL || \
   (HWY_TARGET == HWY_NEON && HWY_ARCH_ARM_A64))

// Before a loop over the vectors of one quant group: at most 8, which shall stay in registers.
#define ZEROD_UNROLL _Pragma("GCC unroll 8")

#endif  // ZEROD_KERNELS_CPU_SIMD_TARGET_H_
