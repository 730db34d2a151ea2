#ifndef ZEROD_KERNELS_CPU_TARGET_H_
#define ZEROD_KERNELS_CPU_TARGET_H_

namespace zerod {

// The instructions that the fast paths use on this CPU, by Highway's name ("AVX3" is AVX-512), or
// "reference" where none of the fast paths fits.
const char* CpuTargetName();

}  // namespace zerod

#endif  // ZEROD_KERNELS_CPU_TARGET_H_
