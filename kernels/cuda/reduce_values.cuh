#ifndef ZEROD_KERNELS_CUDA_REDUCE_VALUES_CUH_
#define ZEROD_KERNELS_CUDA_REDUCE_VALUES_CUH_

#include <cstddef>
#include <cstdint>

#include "kernels/cuda/lane_memory.cuh"
#include "kernels/cuda/octet.cuh"
#include "kernels/cuda/reduce_tasks.h"
#include "kernels/cuda/round_element.cuh"
#include "kernels/cuda/task_cursor.cuh"
#include "kernels/element_access.h"
#include "kernels/float_ops.h"
#include "zerod/kernels/formats.h"

namespace zerod {

static_assert(kLineElements == kWarpLanes * kOctet, "a line is a warp's, an octet a lane's");

// Eight 16-bit values at once where they are aligned to 16 bytes, else one by one.
__device__ inline void LoadValues(DType dtype, const std::byte* from, std::uint64_t first,
                                  float (&values)[kOctet]) {
  const std::byte* const at = from + first * (dtype == DType::kFp32 ? 4 : 2);
  if (dtype == DType::kFp32 || !IsQuadAligned(at)) {
#pragma unroll
    for (int k = 0; k < kOctet; ++k) values[k] = LoadElement(dtype, from, first + k);
    return;
  }
  std::uint32_t words[kOctet / 2];
  LoadWords(at, words);
#pragma unroll
  for (int k = 0; k < kOctet; ++k) {
    const auto half = static_cast<std::uint16_t>(words[k / 2] >> (16 * (k % 2)));
    values[k] = dtype == DType::kBf16 ? FloatOfBf16(half) : FloatOfHalf(half);
  }
}

// Eight values that are rounded to `dtype`; `reduced` is aligned as quant groups are.
__device__ inline void StoreValues(DType dtype, const float (&values)[kOctet], std::byte* reduced,
                                   std::uint64_t first) {
  if (dtype == DType::kFp32) {
    float4* const to = reinterpret_cast<float4*>(reduced + 4 * first);
    to[0] = make_float4(values[0], values[1], values[2], values[3]);
    to[1] = make_float4(values[4], values[5], values[6], values[7]);
    return;
  }
  std::uint32_t words[kOctet / 2];
#pragma unroll
  for (int k = 0; k < kOctet; k += 2) {
    const bool bf16 = dtype == DType::kBf16;
    const std::uint32_t low = bf16 ? Bf16OfFloat(values[k]) : HalfOfFloat(values[k]);
    const std::uint32_t high = bf16 ? Bf16OfFloat(values[k + 1]) : HalfOfFloat(values[k + 1]);
    words[k / 2] = low | high << 16;
  }
  *reinterpret_cast<uint4*>(reduced + 2 * first) =
      make_uint4(words[0], words[1], words[2], words[3]);
}

// The sums of all contributions; padding is 0. Apart from ReduceOctet, which does the same for each
// dtype in a loop of its own: that here would take registers from the loops of reduce_lines.cuh.
__device__ inline void SumContributions(const DeviceReduceTask& task, std::uint64_t first,
                                        float (&values)[kOctet]) {
  for (std::uint32_t c = 0; c < task.contribution_count; ++c) {
    float more[kOctet] = {};
    if (first + kOctet <= task.valid_count) {
      LoadValues(task.dtype, task.contributions[c], first, more);
    } else {
#pragma unroll
      for (int k = 0; k < kOctet; ++k) {
        if (first + k < task.valid_count) {
          more[k] = LoadElement(task.dtype, task.contributions[c], first + k);
        }
      }
    }
#pragma unroll
    for (int k = 0; k < kOctet; ++k) values[k] = c == 0 ? more[k] : Add(values[k], more[k]);
  }
}

// Reduces the lane's values of one task, from element `first` on, and stores them. `values`, zeros
// before, becomes what is stored, widened.
__device__ inline void ReduceValues(const DeviceReduceTask& task, std::uint64_t first,
                                    float (&values)[kOctet]) {
  SumContributions(task, first, values);
#pragma unroll
  for (int k = 0; k < kOctet; ++k) {
    if (first + k < task.valid_count) {
      if (!task.first) {
        values[k] = Add(ElementsOf<float>(task.reduced)[first + k], values[k]);
      }
      if (task.last) values[k] = Multiply(values[k], task.scale);
    }
    values[k] = RoundElement(task.reduced_dtype, values[k]);
  }
  StoreValues(task.reduced_dtype, values, task.reduced, first);
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_REDUCE_VALUES_CUH_
