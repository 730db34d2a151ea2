#ifndef ZEROD_KERNELS_CUDA_WARP_TELEMETRY_CUH_
#define ZEROD_KERNELS_CUDA_WARP_TELEMETRY_CUH_

#include <cstdint>

#include "kernels/cuda/task_cursor.cuh"
#include "kernels/update.h"

namespace zerod {

// What one lane noticed of the tasks that share a telemetry.
struct LaneCounts {
  std::uint32_t nonfinite = 0;
  std::uint32_t unmoved = 0;
  std::uint32_t floor = 0;
  std::uint32_t max_update_bits = 0;

  __device__ void Merge(const LaneCounts& other) {
    nonfinite += other.nonfinite;
    unmoved += other.unmoved;
    floor += other.floor;
    max_update_bits = max(max_update_bits, other.max_update_bits);
  }
};

// Atomics are few: a warp keeps its counts while the telemetry stays the same, and a block's warps
// put theirs together at the end.
class WarpTelemetry {
 public:
  static constexpr std::uint32_t kMaxWarps = 16;

  // Where the block's warps meet; one in shared memory.
  struct Meeting {
    UpdateTelemetry* target[kMaxWarps];
    LaneCounts counts[kMaxWarps];
  };

  // The whole warp calls all of these.
  __device__ void SetTarget(UpdateTelemetry* target) {
    if (target == target_) return;
    if (target_ != nullptr) {
      const LaneCounts sum = WarpSum();
      if (threadIdx.x % kWarpLanes == 0) AddTo(target_, sum);
    }
    target_ = target;
    counts_ = LaneCounts();
  }
  __device__ void Add(const LaneCounts& counts) { counts_.Merge(counts); }

  // The whole block calls it, once, last.
  __device__ void Finish(Meeting* meeting) {
    const std::uint32_t warp = threadIdx.x / kWarpLanes;
    const LaneCounts sum = WarpSum();
    if (threadIdx.x % kWarpLanes == 0) {
      meeting->target[warp] = target_;
      meeting->counts[warp] = sum;
    }
    __syncthreads();
    const std::uint32_t mine = threadIdx.x;
    const std::uint32_t warps = blockDim.x / kWarpLanes;
    if (mine >= warps) return;
    UpdateTelemetry* const target = meeting->target[mine];
    if (target == nullptr) return;
    LaneCounts total;
    for (std::uint32_t other = 0; other < warps; ++other) {
      if (meeting->target[other] != target) continue;
      if (other < mine) return;  // that thread adds them
      total.Merge(meeting->counts[other]);
    }
    AddTo(target, total);
  }

 private:
  __device__ LaneCounts WarpSum() const {
    return {__reduce_add_sync(kWholeWarp, counts_.nonfinite),
            __reduce_add_sync(kWholeWarp, counts_.unmoved),
            __reduce_add_sync(kWholeWarp, counts_.floor),
            __reduce_max_sync(kWholeWarp, counts_.max_update_bits)};
  }

  __device__ static void AddCount(std::uint64_t* sum, std::uint32_t count) {
    static_assert(sizeof(unsigned long long) == sizeof(std::uint64_t));
    if (count != 0) atomicAdd(reinterpret_cast<unsigned long long*>(sum), count);
  }

  __device__ static void AddTo(UpdateTelemetry* target, const LaneCounts& counts) {
    AddCount(&target->nonfinite_count, counts.nonfinite);
    AddCount(&target->unmoved_count, counts.unmoved);
    AddCount(&target->floor_count, counts.floor);
    if (counts.max_update_bits != 0) atomicMax(&target->max_update_bits, counts.max_update_bits);
  }

  UpdateTelemetry* target_ = nullptr;
  LaneCounts counts_;
};

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_WARP_TELEMETRY_CUH_
