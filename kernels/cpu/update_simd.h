#ifndef ZEROD_KERNELS_CPU_UPDATE_SIMD_H_
#define ZEROD_KERNELS_CPU_UPDATE_SIMD_H_

#include "kernels/update.h"

namespace zerod {

// One task with the best instructions that this CPU has, one codec per file.
void UpdateTaskFp32Simd(const UpdateContext& context, const UpdateTask& task);
void UpdateTaskFlashSimd(const UpdateContext& context, const UpdateTask& task);
void UpdateTaskRobustSimd(const UpdateContext& context, const UpdateTask& task);

}  // namespace zerod

#endif  // ZEROD_KERNELS_CPU_UPDATE_SIMD_H_
