#ifndef ZEROD_KERNELS_CUDA_REDUCE_BLOCK_CUH_
#define ZEROD_KERNELS_CUDA_REDUCE_BLOCK_CUH_

#include <cstdint>

#include "kernels/cuda/reduce_lines.cuh"
#include "kernels/cuda/reduce_norm.cuh"
#include "kernels/cuda/reduce_tasks.h"
#include "kernels/cuda/reduce_values.cuh"
#include "kernels/cuda/task_cursor.cuh"
#include "zerod/kernels/formats.h"

namespace zerod {

// What a block does. A warp takes kLinesAtOnce lines at a time: as reduce_lines.cuh does it, where
// they are whole lines of one task, and else line by line. A line has eight elements in each lane,
// as its sum of squares is defined. It may hold the end of one task and the beginning of the next,
// but the eight of a lane belong to one task, since tasks begin at quant groups.

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

// One warp's way through a launch's lines.
class LineWalk {
 public:
  __device__ LineWalk(const ReduceLaunch& launch, BlockNorm* norm)
      : launch_(launch), norm_(norm), cursor_(launch.line_begins, launch.task_count) {}

  __device__ void Run(const WarpUnits& bundles) {
    for (std::uint64_t bundle = bundles.first; bundle < bundles.end;) {
      const std::uint64_t line = bundle * kLinesAtOnce;
      const std::uint64_t flat_line = Seek(line);
      const DeviceReduceTask task = launch_.tasks[cursor_.index()];
      const std::uint64_t whole = WholeBundles(task, flat_line);
      if (whole == 0) {
        const std::uint64_t end = min(line + kLinesAtOnce, launch_.line_count);
        for (std::uint64_t next = line; next < end; ++next) ReduceLine(Seek(next));
        bundle += bundles.stride;
        continue;
      }
      BundleRun run = {.bundle = bundle,
                       .element = flat_line * kLineElements - task.flat_begin + LaneElement(),
                       .end = min(bundles.end, bundle + whole),
                       .stride = bundles.stride};
      const bool is_done = ReduceBundlesOf(task, norm_, &run);
      if (!is_done) SettleBundle(task, run.element, norm_);
      bundle = run.bundle + (is_done ? 0 : run.stride);
    }
  }

 private:
  __device__ static std::uint32_t LaneElement() { return threadIdx.x % kWarpLanes * kOctet; }

  // The flat number of a launch's line.
  __device__ std::uint64_t Seek(std::uint64_t line) {
    if (cursor_.Seek(line)) first_line_ = FirstOwnLine(launch_, cursor_.index());
    return first_line_ + cursor_.Place(line);
  }

  // How many bundles from flat_line on are whole lines of the task and of formats for bundles.
  __device__ static std::uint64_t WholeBundles(const DeviceReduceTask& task,
                                               std::uint64_t flat_line) {
    const std::uint64_t end = (task.flat_begin + task.valid_count) / kLineElements;
    const bool begins_whole = flat_line * kLineElements >= task.flat_begin;
    if (!begins_whole || end <= flat_line || !HasBundles(task)) return 0;
    return (end - flat_line) / kLinesAtOnce;
  }

  // A line of any tasks from the cursor's on.
  __device__ void ReduceLine(std::uint64_t flat_line) {
    const std::uint64_t flat = flat_line * kLineElements + LaneElement();
    float values[kOctet] = {};
    for (std::uint32_t index = cursor_.index(); index < launch_.task_count; ++index) {
      const DeviceReduceTask& task = launch_.tasks[index];
      if (flat < task.flat_begin) break;  // nothing is here
      if (flat - task.flat_begin >= task.count) continue;
      ReduceValues(task, flat - task.flat_begin, values);
      break;
    }
    __syncwarp();
    if (norm_ != nullptr) AddLine(values, norm_);
  }

  const ReduceLaunch& launch_;
  BlockNorm* norm_;
  TaskCursor cursor_;
  std::uint64_t first_line_ = 0;
};

// The launch's bundles dealt to warps in turns, or in runs to blocks, as UnitsOfWarp says.
__device__ inline void ReduceBlock(const ReduceLaunch& launch, bool interleaved) {
  __shared__ BlockNorm block;
  ClearNorm(&block);
  __syncthreads();
  LineWalk walk(launch, launch.norm == nullptr ? nullptr : &block);
  walk.Run(UnitsOfWarp((launch.line_count + kLinesAtOnce - 1) / kLinesAtOnce, interleaved));
  __syncthreads();
  if (launch.norm != nullptr) AddNorm(block, launch.norm);
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_REDUCE_BLOCK_CUH_
