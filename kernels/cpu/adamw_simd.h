#ifndef ZEROD_KERNELS_CPU_ADAMW_SIMD_H_
#define ZEROD_KERNELS_CPU_ADAMW_SIMD_H_

#include <cstdint>

#include "kernels/adamw.h"

namespace zerod {

// One task with the best instructions that this CPU has, one codec per file. They return the
// non-finite count.
std::uint64_t UpdateTaskFp32Simd(const UpdateContext& context, const AdamWTask& task);
std::uint64_t UpdateTaskFlashSimd(const UpdateContext& context, const AdamWTask& task);
std::uint64_t UpdateTaskRobustSimd(const UpdateContext& context, const AdamWTask& task);

}  // namespace zerod

#endif  // ZEROD_KERNELS_CPU_ADAMW_SIMD_H_
