#ifndef ZEROD_KERNELS_CUDA_REDUCE_BLOCK_CUH_
#define ZEROD_KERNELS_CUDA_REDUCE_BLOCK_CUH_

#include <cstdint>

#include "kernels/cuda/reduce_tasks.h"
#include "kernels/cuda/reduce_values.cuh"
#include "kernels/cuda/task_cursor.cuh"
#include "kernels/float_bits.h"
#include "kernels/float_ops.h"
#include "zerod/kernels/formats.h"

namespace zerod {

// A line by a warp, eight elements a lane: as the sum of squares is defined. A line may hold the
// end of one task and the beginning of the next; the eight of a lane belong to one task, since
// tasks begin at quant groups.

inline constexpr int kExactBins = 256;

// Exact sums of one block, in shared memory.
struct BlockNorm {
  unsigned long long bins[kExactBins];
  unsigned long long nonfinite_count;
  unsigned long long overflowed_lines;
};

// One line's sum of squares by the fixed tree: a chain in each lane, then lanes 16, 8, 4, 2, 1
// apart. The whole warp calls it.
__device__ inline void AddLine(const float (&values)[kValues], BlockNorm* norm) {
  float sum = 0.0f;
#pragma unroll
  for (int k = 0; k < kValues; ++k) sum = FusedMultiplyAdd(values[k], values[k], sum);
  for (int apart = 16; apart >= 1; apart /= 2) {
    sum = Add(sum, __shfl_xor_sync(kWholeWarp, sum, apart));
  }
  if (IsFinite(sum)) {
    if (threadIdx.x % kWarpLanes != 0) return;
    const std::uint32_t exponent = MagnitudeBits(sum) >> 23;
    const std::uint32_t mantissa = (MagnitudeBits(sum) & 0x7fffff) | (exponent == 0 ? 0 : 0x800000);
    if (mantissa != 0) atomicAdd(&norm->bins[exponent], mantissa);
    return;
  }
  std::uint32_t nonfinite = 0;
#pragma unroll
  for (int k = 0; k < kValues; ++k) nonfinite += IsFinite(values[k]) ? 0 : 1;
  nonfinite = __reduce_add_sync(kWholeWarp, nonfinite);
  if (threadIdx.x % kWarpLanes != 0) return;
  if (nonfinite != 0) {
    atomicAdd(&norm->nonfinite_count, nonfinite);
  } else {
    atomicAdd(&norm->overflowed_lines, 1);
  }
}

__device__ inline void AddToSum(std::uint64_t* sum, unsigned long long value) {
  if (value != 0) atomicAdd(reinterpret_cast<unsigned long long*>(sum), value);
}

// The flat number of the first line that task `index` is the first to have a part of, as LineBegins
// counts them.
__device__ inline std::uint64_t FirstOwnLine(const ReduceLaunch& launch, std::uint32_t index) {
  const std::uint64_t first = launch.tasks[index].flat_begin / kLineElements;
  for (std::uint32_t before = index; before > 0; --before) {
    const DeviceReduceTask& task = launch.tasks[before - 1];
    if (task.count == 0) continue;
    return max(first, (task.flat_begin + task.count + kLineElements - 1) / kLineElements);
  }
  return first;
}

__device__ inline void ReduceBlock(const ReduceLaunch& launch) {
  __shared__ BlockNorm block;
  for (std::uint32_t i = threadIdx.x; i < sizeof(block) / 8; i += blockDim.x) {
    reinterpret_cast<unsigned long long*>(&block)[i] = 0;
  }
  __syncthreads();
  const WarpUnits lines = UnitsOfWarp(launch.line_count, /*interleaved=*/false);
  const std::uint32_t lane = threadIdx.x % kWarpLanes;
  TaskCursor cursor(launch.line_begins, launch.task_count);
  std::uint64_t first_line = 0;
  for (std::uint64_t line = lines.first; line < lines.end; line += lines.stride) {
    if (cursor.Seek(line)) first_line = FirstOwnLine(launch, cursor.index());
    const std::uint64_t flat = (first_line + cursor.Place(line)) * kLineElements + lane * kValues;
    float values[kValues] = {};
    for (std::uint32_t index = cursor.index(); index < launch.task_count; ++index) {
      const DeviceReduceTask& task = launch.tasks[index];
      if (flat < task.flat_begin) break;  // nothing is here
      if (flat - task.flat_begin >= task.count) continue;
      ReduceValues(task, flat - task.flat_begin, values);
      break;
    }
    __syncwarp();
    if (launch.norm != nullptr) AddLine(values, &block);
  }
  __syncthreads();
  if (launch.norm == nullptr) return;
  for (std::uint32_t bin = threadIdx.x; bin < kExactBins; bin += blockDim.x) {
    AddToSum(reinterpret_cast<std::uint64_t*>(&launch.norm->bins[bin]), block.bins[bin]);
  }
  if (threadIdx.x == 0) {
    AddToSum(&launch.norm->nonfinite_count, block.nonfinite_count);
    AddToSum(&launch.norm->overflowed_lines, block.overflowed_lines);
  }
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_REDUCE_BLOCK_CUH_
