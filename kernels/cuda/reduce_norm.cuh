#ifndef ZEROD_KERNELS_CUDA_REDUCE_NORM_CUH_
#define ZEROD_KERNELS_CUDA_REDUCE_NORM_CUH_

#include <cstdint>

#include "kernels/cuda/reduce_tasks.h"
#include "kernels/cuda/reduce_values.cuh"
#include "kernels/cuda/task_cursor.cuh"
#include "kernels/float_bits.h"
#include "kernels/float_ops.h"

namespace zerod {

inline constexpr int kExactBins = 256;

// Exact sums of one block, in shared memory. Their 64-bit atomics are loops of compare and swap:
// the fewer, the better.
struct BlockNorm {
  unsigned long long bins[kExactBins];
  unsigned long long nonfinite_count;
  unsigned long long overflowed_lines;
};

// What ExactSum adds to a bin for `sum`, which is finite and not negative.
struct BinnedSum {
  std::uint32_t bin;
  std::uint32_t mantissa;
};
__device__ inline BinnedSum BinOf(float sum) {
  const std::uint32_t exponent = MagnitudeBits(sum) >> 23;
  return {exponent, (MagnitudeBits(sum) & 0x7fffff) | (exponent == 0 ? 0 : 0x800000)};
}

// A lane's chain of squares.
__device__ inline float SumSquares(const float (&values)[kOctet]) {
  float sum = 0.0f;
#pragma unroll
  for (int k = 0; k < kOctet; ++k) sum = FusedMultiplyAdd(values[k], values[k], sum);
  return sum;
}

// Counts a line whose sum is not finite. The whole warp calls it.
__device__ inline void CountNonfinite(const float (&values)[kOctet], BlockNorm* norm) {
  std::uint32_t nonfinite = 0;
#pragma unroll
  for (int k = 0; k < kOctet; ++k) nonfinite += IsFinite(values[k]) ? 0 : 1;
  nonfinite = __reduce_add_sync(kWholeWarp, nonfinite);
  if (threadIdx.x % kWarpLanes != 0) return;
  if (nonfinite != 0) {
    atomicAdd(&norm->nonfinite_count, nonfinite);
  } else {
    atomicAdd(&norm->overflowed_lines, 1);
  }
}

// One line's sum of squares by the fixed tree. The whole warp calls it.
__device__ inline void AddLine(const float (&values)[kOctet], BlockNorm* norm) {
  float sum = SumSquares(values);
  for (int apart = 16; apart >= 1; apart /= 2) {
    sum = Add(sum, __shfl_xor_sync(kWholeWarp, sum, apart));
  }
  if (!IsFinite(sum)) return CountNonfinite(values, norm);
  const BinnedSum binned = BinOf(sum);
  if (threadIdx.x % kWarpLanes == 0 && binned.mantissa != 0) {
    atomicAdd(&norm->bins[binned.bin], binned.mantissa);
  }
}

// Lines that a warp has in flight at once where all of a task's are whole; a power of two. With two
// contributions at a time, two lines are 2 KiB of 16-bit loads in each of a multiprocessor's 32
// warps, and four would take registers from as many warps again.
inline constexpr int kLinesAtOnce = 2;
inline constexpr std::uint32_t kLanesPerSum = kWarpLanes / kLinesAtOnce;

// The sums of kLinesAtOnce lines by the fixed tree; line j's in kLanesPerSum lanes from
// j * kLanesPerSum on. Both of two lanes would add the same: instead each goes on with half of the
// lines. The whole warp calls it.
__device__ inline float SumLanes(float (&chains)[kLinesAtOnce]) {
  int apart = 16;
#pragma unroll
  for (int lines = kLinesAtOnce / 2; lines >= 1; lines /= 2) {
    const bool upper = (threadIdx.x & apart) != 0;
#pragma unroll
    for (int j = 0; j < lines; ++j) {
      const float kept = upper ? chains[j + lines] : chains[j];
      const float given = upper ? chains[j] : chains[j + lines];
      chains[j] = Add(kept, __shfl_xor_sync(kWholeWarp, given, apart));
    }
    apart /= 2;
  }
#pragma unroll
  for (; apart >= 1; apart /= 2) {
    chains[0] = Add(chains[0], __shfl_xor_sync(kWholeWarp, chains[0], apart));
  }
  return chains[0];
}

// Collects a sum a lane, so that those of one bin, mostly all of them, reach it by one atomic. The
// whole warp calls its functions.
class LineSums {
 public:
  // Null: nothing is collected.
  __device__ explicit LineSums(BlockNorm* norm) : norm_(norm) {}

  // Takes what SumLanes has returned, all finite.
  __device__ void Add(float sum) {
    if (norm_ == nullptr) return;
    if (threadIdx.x % kLanesPerSum == count_) held_ = sum;
    if (++count_ == kLanesPerSum) Flush();
  }

  __device__ void Flush() {
    if (norm_ == nullptr) return;
    const BinnedSum binned = BinOf(held_);
    std::uint32_t key = binned.mantissa == 0 ? 0 : binned.bin + 1;  // 0: nothing to add
    while (const std::uint32_t greatest = __reduce_max_sync(kWholeWarp, key)) {
      const bool mine = key == greatest;
      // 32 numbers below 2^24
      const std::uint32_t total = __reduce_add_sync(kWholeWarp, mine ? binned.mantissa : 0);
      if (threadIdx.x % kWarpLanes == 0) atomicAdd(&norm_->bins[greatest - 1], total);
      if (mine) key = 0;
    }
    held_ = 0.0f;
    count_ = 0;
  }

 private:
  BlockNorm* norm_;
  float held_ = 0.0f;
  std::uint32_t count_ = 0;
};

__device__ inline void AddToSum(std::uint64_t* sum, unsigned long long value) {
  if (value != 0) atomicAdd(reinterpret_cast<unsigned long long*>(sum), value);
}

// The whole block calls these two, with a barrier between them and what uses `block`.
__device__ inline void ClearNorm(BlockNorm* block) {
  for (std::uint32_t i = threadIdx.x; i < sizeof(*block) / 8; i += blockDim.x) {
    reinterpret_cast<unsigned long long*>(block)[i] = 0;
  }
}
__device__ inline void AddNorm(const BlockNorm& block, DeviceGradientNorm* norm) {
  for (std::uint32_t bin = threadIdx.x; bin < kExactBins; bin += blockDim.x) {
    AddToSum(reinterpret_cast<std::uint64_t*>(&norm->bins[bin]), block.bins[bin]);
  }
  if (threadIdx.x == 0) {
    AddToSum(&norm->nonfinite_count, block.nonfinite_count);
    AddToSum(&norm->overflowed_lines, block.overflowed_lines);
  }
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_REDUCE_NORM_CUH_
