#ifndef ZEROD_KERNELS_CUDA_ADAM_TASK_CUH_
#define ZEROD_KERNELS_CUDA_ADAM_TASK_CUH_

#include <cstdint>

#include "kernels/cuda/adam_lane.h"
#include "kernels/cuda/adam_lane_encode.h"
#include "kernels/cuda/adam_lane_step.h"
#include "kernels/cuda/definition_fallback.cuh"
#include "kernels/cuda/lane_memory.cuh"
#include "kernels/cuda/lane_words.h"
#include "kernels/cuda/launch_shape.h"
#include "kernels/cuda/task_cursor.cuh"
#include "kernels/cuda/update_tasks.h"
#include "kernels/cuda/warp_telemetry.cuh"

namespace zerod {

// How much of a task there is, and how much of it is for the fast path.
struct AdamExtent {
  std::uint64_t count;       // elements
  std::uint64_t fast_count;  // from the first one on
};

// Whether all the task's contributions, if it has any, can be read as the fast path reads them.
__device__ inline bool HasFastSource(const GradientSource& source) {
  if (source.count == 0) return true;
  bool aligned = source.dtype == DType::kBf16;
  for (std::uint32_t i = 0; i < source.count; ++i) {
    aligned = aligned && IsQuadAligned(source.contributions[i]);
  }
  return aligned;
}

__device__ inline AdamExtent ExtentOf(const FusedUpdateTask& device_task) {
  const UpdateTask& task = device_task.task;
  const GradientSource& source = device_task.source;
  const bool fast = task.dtype == DType::kBf16 && task.master == MasterFormat::k24 &&
                    task.gradient_dtype == DType::kBf16 && HasFastSource(source) &&
                    FitsAdamLane(*task.scalars);
  // A chunk that ends in padding is read element by element.
  const std::uint64_t readable = source.count == 0 || source.valid_count >= task.count
                                     ? task.count
                                     : source.valid_count / kChunkElements * kChunkElements;
  return {task.count, fast ? readable : 0};
}

// Where a fast chunk's gradients are: stored, or the first contribution.
__device__ inline const std::byte* FirstGradient(const FusedUpdateTask& device_task) {
  return device_task.source.count == 0 ? device_task.task.gradient
                                       : device_task.source.contributions[0];
}

// Both scales of every group.
__device__ inline std::uint32_t* ScalePairs(const UpdateTask& task) {
  return reinterpret_cast<std::uint32_t*>(task.scales);
}

// A chunk's place in its task.
struct AdamChunk {
  std::uint64_t first;  // element
  std::uint32_t count;  // elements; a multiple of 32
  bool fast;

  // Lanes behind the end of a short chunk have nothing to do.
  __device__ bool HasLane(std::uint32_t lane) const { return lane * kLaneElements < count; }
};

__device__ inline AdamChunk ChunkAt(const AdamExtent& extent, std::uint64_t place) {
  const std::uint64_t first = place * kChunkElements;
  return {.first = first,
          .count = static_cast<std::uint32_t>(min(extent.count - first, kChunkElements)),
          .fast = first < extent.fast_count};
}

// Updates a chunk that the fast path has left as it was. `place` is the chunk's in its task.
__device__ inline void FinishChunk(const UpdateLaunch& launch, const FusedUpdateTask& task,
                                   std::uint64_t place, WarpTelemetry* telemetry) {
  const AdamChunk chunk = ChunkAt({task.task.count, 0}, place);
  telemetry->SetTarget(task.task.telemetry);
  telemetry->Add(UpdateChunkByDefinition(launch.context, &task, chunk.first, chunk.count));
}

// Contributions to the reduced gradient of a lane's elements, from `first` of the task on. `words`
// holds the first contribution's and takes the result.
__device__ inline void ReduceLane(const GradientSource& source, std::uint64_t first,
                                  std::uint32_t (&words)[8]) {
  float sums[kLaneElements];
#pragma unroll
  for (int k = 0; k < 8; ++k) {
    const FloatPair pair = FloatsOfBf16s(words[k]);
    sums[2 * k] = pair.low;
    sums[2 * k + 1] = pair.high;
  }
  for (std::uint32_t c = 1; c < source.count; ++c) {
    const std::byte* const values = source.contributions[c] + 2 * first;
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      std::uint32_t more_words[4];
      LoadWords(values + 16 * half, more_words);
#pragma unroll
      for (int k = 0; k < 4; ++k) {
        const FloatPair more = FloatsOfBf16s(more_words[k]);
        float* const pair = sums + 8 * half + 2 * k;
        pair[0] = Add(pair[0], more.low);
        pair[1] = Add(pair[1], more.high);
      }
    }
  }
#pragma unroll
  for (int k = 0; k < 8; ++k) {
    // Some NaN is enough: it sends the lane to the definition.
    words[k] =
        PackBf16s(Multiply(sums[2 * k], source.scale), Multiply(sums[2 * k + 1], source.scale));
  }
}

__device__ inline bool WarpNeedsIntrinsics(const AdamLane& lane, bool active) {
  return __any_sync(kWholeWarp, active && NeedsIntrinsics(lane)) != 0;
}

// Steps a warp's lanes and joins what group neighbours share.
template <typename Arithmetic, typename Tables>
__device__ __forceinline__ AdamLaneStep StepWarp(const AdamLane& lane,
                                                 const AdamLaneScalars& scalars,
                                                 const Tables& tables) {
  AdamLaneStep step = StepAdamLane<Arithmetic>(lane, scalars, tables);
  step.max_m = MaxOrNan(step.max_m, __shfl_xor_sync(kWholeWarp, step.max_m, 1));
  step.max_root = MaxOrNan(step.max_root, __shfl_xor_sync(kWholeWarp, step.max_root, 1));
  return step;
}

__device__ inline bool IsWarpInRange(const AdamLaneStep& step, bool active) {
  return __any_sync(kWholeWarp, active && IsStepOutOfRange(step)) == 0;
}

__device__ inline LaneCounts CountsOf(const AdamLaneStep& step, const AdamLaneCodes& codes,
                                      bool active) {
  if (!active) return {};
  return {.unmoved = UnmovedCount(step),
          .floor = FloorCount(codes),
          .max_update_bits = MagnitudeBits(step.max_u)};
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_ADAM_TASK_CUH_
