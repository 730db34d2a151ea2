#ifndef ZEROD_KERNELS_CUDA_OCTET_GRADIENT_CUH_
#define ZEROD_KERNELS_CUDA_OCTET_GRADIENT_CUH_

#include <cstdint>

#include "kernels/cuda/octet.cuh"
#include "kernels/cuda/octet_values.cuh"
#include "kernels/cuda/round_element.cuh"
#include "kernels/cuda/update_tasks.h"
#include "kernels/element_access.h"
#include "kernels/float_ops.h"

namespace zerod {

// A contribution's octet from element `first` of `valid_count` on; padding is 0.
template <DType kDType>
__device__ inline void LoadContribution(const std::byte* contribution, std::uint64_t first,
                                        std::uint64_t valid_count, float (&values)[kOctet]) {
  if (first + kOctet <= valid_count && IsQuadAligned(contribution)) {
    std::uint32_t words[kOctet];
    LoadOctet<kBytesOf<kDType>>(contribution + first * kBytesOf<kDType>, words);
    return WidenOctet<kDType>(words, values);
  }
#pragma unroll
  for (int k = 0; k < kOctet; ++k) {
    values[k] = first + k < valid_count ? LoadElement(kDType, contribution, first + k) : 0.0f;
  }
}

struct ReducedOctet {
  float values[kOctet];
};

// What the contributions' octets reduce to. Not inlined: most updates have a gradient, and this
// would cost them registers.
inline __device__ __noinline__ ReducedOctet ReduceOctet(const GradientSource source,
                                                        DType reduced_dtype, std::uint64_t first) {
  ReducedOctet reduced;
  float(&sums)[kOctet] = reduced.values;
  VisitDType(source.dtype, [&]<DType kDType>() {
    LoadContribution<kDType>(source.contributions[0], first, source.valid_count, sums);
    for (std::uint32_t c = 1; c < source.count; ++c) {
      float more[kOctet];
      LoadContribution<kDType>(source.contributions[c], first, source.valid_count, more);
#pragma unroll
      for (int k = 0; k < kOctet; ++k) sums[k] = Add(sums[k], more[k]);
    }
  });
  VisitDType(reduced_dtype, [&]<DType kDType>() {
#pragma unroll
    for (int k = 0; k < kOctet; ++k) {
      const float value = RoundElement(kDType, Multiply(sums[k], source.scale));
      sums[k] = first + k < source.valid_count ? value : 0.0f;
    }
  });
  return reduced;
}

// The reduced gradient as binary32 numbers, if it has contributions, or else as it is stored.
__device__ inline void LoadGradient(const FusedUpdateTask& task, std::uint64_t first,
                                    std::uint32_t (&words)[kOctet]) {
  if (task.source.count != 0) {
    const ReducedOctet reduced = ReduceOctet(task.source, task.task.gradient_dtype, first);
#pragma unroll
    for (int k = 0; k < kOctet; ++k) words[k] = BitsOf(reduced.values[k]);
  } else if (task.task.gradient_dtype == DType::kFp32) {
    LoadOctet<4>(task.task.gradient + 4 * first, words);
  } else {
    LoadOctet<2>(task.task.gradient + 2 * first, words);
  }
}

// What LoadGradient has loaded.
__device__ __forceinline__ void WidenGradient(const FusedUpdateTask& task,
                                              const std::uint32_t (&words)[kOctet],
                                              float (&values)[kOctet]) {
  const DType dtype = task.source.count != 0 ? DType::kFp32 : task.task.gradient_dtype;
  VisitDType(dtype, [&]<DType kDType>() { WidenOctet<kDType>(words, values); });
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_OCTET_GRADIENT_CUH_
