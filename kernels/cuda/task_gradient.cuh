#ifndef ZEROD_KERNELS_CUDA_TASK_GRADIENT_CUH_
#define ZEROD_KERNELS_CUDA_TASK_GRADIENT_CUH_

#include <cstdint>

#include "kernels/cuda/update_tasks.h"
#include "kernels/element_access.h"
#include "kernels/float_ops.h"

namespace zerod {

// The value that StoreElement followed by LoadElement gives.
__device__ inline float RoundElement(DType dtype, float value) {
  switch (dtype) {
    case DType::kBf16:
      return FloatOfBf16(Bf16OfFloat(value));
    case DType::kFp16:
      return FloatOfHalf(HalfOfFloat(value));
    case DType::kFp32:
      break;
  }
  return CanonicalizeNan(value);
}

// The reduced gradient of the task's element i: stored, or what its contributions reduce to.
__device__ inline float ReducedGradient(const FusedUpdateTask& task, std::uint64_t i) {
  const GradientSource& source = task.source;
  if (source.count == 0) return LoadElement(task.task.gradient_dtype, task.task.gradient, i);
  if (i >= source.valid_count) return 0.0f;
  float sum = LoadElement(source.dtype, source.contributions[0], i);
  for (std::uint32_t c = 1; c < source.count; ++c) {
    sum = Add(sum, LoadElement(source.dtype, source.contributions[c], i));
  }
  return RoundElement(task.task.gradient_dtype, Multiply(sum, source.scale));
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_TASK_GRADIENT_CUH_
