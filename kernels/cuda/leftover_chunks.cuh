#ifndef ZEROD_KERNELS_CUDA_LEFTOVER_CHUNKS_CUH_
#define ZEROD_KERNELS_CUDA_LEFTOVER_CHUNKS_CUH_

#include <cstdint>

#include "kernels/cuda/launch_shape.h"
#include "kernels/cuda/task_cursor.cuh"

namespace zerod {

// Which of a warp's chunks are left to the definition once the warp is through with the others:
// calling it in between would cost the fast path's loop registers. Each lane remembers 64 of them,
// in order. Numbers from kChunksPerWarp on have no bit and would be forgotten: HasBlocksEnough
// keeps launches from meeting them. The whole warp calls all of these.
class LeftoverChunks {
 public:
  __device__ void Add(std::uint32_t number) {
    if (threadIdx.x % kWarpLanes == number / kBits) bits_ |= std::uint64_t{1} << number % kBits;
  }
  __device__ bool Any() const { return __any_sync(kWholeWarp, bits_ != 0) != 0; }
  __device__ bool Has(std::uint32_t number) const {
    const bool has = (bits_ >> number % kBits & 1) != 0;
    return (__ballot_sync(kWholeWarp, has) >> number / kBits & 1) != 0;
  }

 private:
  static constexpr std::uint32_t kBits = 64;
  static_assert(kWarpLanes * kBits == kChunksPerWarp);

  std::uint64_t bits_ = 0;
};

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_LEFTOVER_CHUNKS_CUH_
