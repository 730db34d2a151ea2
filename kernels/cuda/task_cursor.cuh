#ifndef ZEROD_KERNELS_CUDA_TASK_CURSOR_CUH_
#define ZEROD_KERNELS_CUDA_TASK_CURSOR_CUH_

#include <cstdint>

namespace zerod {

inline constexpr unsigned kWholeWarp = 0xffffffffu;
inline constexpr std::uint32_t kWarpLanes = 32;
inline constexpr std::uint32_t kNoTask = 0xffffffffu;  // no task's index

// Which of a launch's units (chunks, parts, lines) one warp takes.
struct WarpUnits {
  std::uint64_t first;
  std::uint64_t stride;
  std::uint64_t end;
};

__device__ inline WarpUnits UnitsOfWarp(std::uint64_t unit_count, bool interleaved) {
  const std::uint64_t warps = blockDim.x / kWarpLanes;
  const std::uint64_t warp = threadIdx.x / kWarpLanes;
  if (interleaved) return {blockIdx.x * warps + warp, gridDim.x * warps, unit_count};
  const std::uint64_t begin = unit_count * blockIdx.x / gridDim.x;
  const std::uint64_t end = unit_count * (blockIdx.x + 1) / gridDim.x;
  return {begin + warp, warps, end};
}

// The task that a warp is in. `begins[i]` is the number of task i's first unit; begins[task_count]
// is behind the last unit.
class TaskCursor {
 public:
  __device__ TaskCursor(const std::uint64_t* begins, std::uint32_t task_count)
      : begins_(begins), task_count_(task_count) {}

  // Goes to the task of `unit`, which is never below an earlier one. The whole warp calls it with
  // the same unit. Returns whether that is another task.
  __device__ bool Seek(std::uint64_t unit) {
    if (unit < end_) return false;
    std::uint32_t low = index_;  // begins_[low] <= unit < begins_[high]
    std::uint32_t high = task_count_;
    const std::uint32_t lane = threadIdx.x % kWarpLanes;
    while (high - low > 1) {
      const std::uint32_t step = (high - low + kWarpLanes - 1) / kWarpLanes;
      const std::uint32_t probe = low + (lane + 1) * step;
      const bool below = probe < high && begins_[probe] <= unit;
      low += static_cast<std::uint32_t>(__popc(__ballot_sync(kWholeWarp, below))) * step;
      high = min(high, low + step);
    }
    index_ = low;
    begin_ = begins_[low];
    end_ = begins_[low + 1];
    return true;
  }

  __device__ std::uint32_t index() const { return index_; }
  // Behind the task's last unit.
  __device__ std::uint64_t end() const { return end_; }
  // `unit`'s place in its task.
  __device__ std::uint64_t Place(std::uint64_t unit) const { return unit - begin_; }

 private:
  const std::uint64_t* begins_;
  std::uint32_t task_count_;
  std::uint32_t index_ = 0;
  std::uint64_t begin_ = 0;
  std::uint64_t end_ = 0;
};

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_TASK_CURSOR_CUH_
