#ifndef ZEROD_KERNELS_CUDA_ADAM_PLAIN_BLOCK_CUH_
#define ZEROD_KERNELS_CUDA_ADAM_PLAIN_BLOCK_CUH_

#include <cstdint>

#include "kernels/cuda/adam_task.cuh"
#include "kernels/cuda/decode_tables.cuh"
#include "kernels/cuda/lane_memory.cuh"
#include "kernels/cuda/leftover_chunks.cuh"
#include "kernels/cuda/task_cursor.cuh"
#include "kernels/cuda/warp_telemetry.cuh"

namespace zerod {

// What a warp keeps of the task that it is in.
struct PlainTask {
  AdamExtent extent;
  AdamLaneScalars scalars;
  const std::byte* gradient;
  std::byte* weights;
  std::byte* correction;
  std::byte* m;
  std::byte* v;
  std::uint32_t* scales;
  std::uint64_t first_group;  // flat
};

__device__ inline PlainTask LoadTask(const FusedUpdateTask& device_task) {
  const UpdateTask& task = device_task.task;
  return {.extent = ExtentOf(device_task),
          .scalars = MakeAdamLaneScalars(*task.scalars),
          .gradient = FirstGradient(device_task),
          .weights = task.weights,
          .correction = task.correction,
          .m = task.m,
          .v = task.v,
          .scales = ScalePairs(task),
          .first_group = task.flat_begin / kQuantGroupElements};
}

// `first` is the lane's first element in the task.
__device__ inline AdamLane LoadAdamLane(const PlainTask& task, std::uint64_t first) {
  AdamLane lane;
  LoadWords(task.v + first, lane.v);
  LoadWords(task.m + first, lane.m);
  LoadWords(task.gradient + 2 * first, lane.gradient);
  LoadWords(task.correction + first, lane.correction);
  LoadWords(task.weights + 2 * first, lane.weights);
  lane.scales = task.scales[first / kQuantGroupElements];
  return lane;
}

// What a warp works with.
template <typename Tables>
struct PlainWarp {
  const UpdateLaunch& launch;
  const Tables& tables;
  WarpTelemetry& telemetry;
  TaskCursor cursor;
  PlainTask task;
};

template <typename Arithmetic, typename Tables>
__device__ __forceinline__ bool UpdatePlainLane(PlainWarp<Tables>& warp, const AdamChunk& chunk,
                                                const AdamLane& lane) {
  const PlainTask& task = warp.task;
  const std::uint32_t lane_index = threadIdx.x % kWarpLanes;
  const std::uint64_t first = chunk.first + lane_index * kLaneElements;
  const bool active = chunk.HasLane(lane_index);
  const AdamLaneStep step = StepWarp<Arithmetic>(lane, task.scalars, warp.tables);
  if (!IsWarpInRange(step, active)) return false;
  const std::uint64_t group = task.first_group + first / kQuantGroupElements;
  const GroupKey key = MakeGroupKey(warp.launch.context.key.value, group);
  const AdamLaneCodes codes = EncodeAdamLane<Arithmetic>(step, key, lane_index % 2, lane.m);
  warp.telemetry.Add(CountsOf(step, codes, active));
  if (!active) return true;
  StoreWords(step.weights, task.weights + 2 * first);
  StoreWords(step.correction, task.correction + first);
  StoreWords(codes.m, task.m + first);
  StoreWords(codes.v, task.v + first);
  if (lane_index % 2 == 0) task.scales[first / kQuantGroupElements] = codes.scales;
  const WeightCopies& copies = warp.launch.tasks[warp.cursor.index()].copies;
  for (std::uint32_t copy = 0; copy < copies.count; ++copy) {
    StoreWords(step.weights, copies.destinations[copy] + 2 * first);
  }
  return true;
}

// Returns whether the chunk was in the fast path's range; if not, nothing has changed.
template <typename Tables>
__device__ bool UpdatePlainChunk(PlainWarp<Tables>& warp, const AdamChunk& chunk) {
  if (!chunk.fast) return false;
  const std::uint32_t lane_index = threadIdx.x % kWarpLanes;
  const std::uint64_t first = chunk.first + lane_index * kLaneElements;
  const bool active = chunk.HasLane(lane_index);
  AdamLane lane = active ? LoadAdamLane(warp.task, first) : AdamLane();
  const GradientSource& source = warp.launch.tasks[warp.cursor.index()].source;
  if (source.count != 0 && active) ReduceLane(source, first, lane.gradient);
  return WarpNeedsIntrinsics(lane, active) ? UpdatePlainLane<IntrinsicFloat>(warp, chunk, lane)
                                           : UpdatePlainLane<SeededFloat>(warp, chunk, lane);
}

// Returns which chunks it leaves.
template <typename Tables>
__device__ LeftoverChunks UpdatePlainChunks(PlainWarp<Tables> warp, const WarpUnits& chunks) {
  LeftoverChunks leftovers;
  std::uint32_t number = 0;
  for (std::uint64_t index = chunks.first; index < chunks.end; index += chunks.stride, ++number) {
    if (warp.cursor.Seek(index)) {
      const FusedUpdateTask& device_task = warp.launch.tasks[warp.cursor.index()];
      warp.task = LoadTask(device_task);
      warp.telemetry.SetTarget(device_task.task.telemetry);
    }
    if (!UpdatePlainChunk(warp, ChunkAt(warp.task.extent, warp.cursor.Place(index)))) {
      leftovers.Add(number);
    }
  }
  return leftovers;
}

__device__ inline void FinishPlainLeftovers(const UpdateLaunch& launch,
                                            const LeftoverChunks& leftovers,
                                            const WarpUnits& chunks, WarpTelemetry* telemetry) {
  TaskCursor cursor(launch.chunk_begins, launch.task_count);
  std::uint32_t number = 0;
  for (std::uint64_t index = chunks.first; index < chunks.end; index += chunks.stride, ++number) {
    if (!leftovers.Has(number)) continue;
    cursor.Seek(index);
    FinishChunk(launch, launch.tasks[cursor.index()], cursor.Place(index), telemetry);
  }
}

// `shared`: the tables' memory, aligned to 16 bytes.
template <typename Tables>
__device__ void UpdateAdamPlain(const UpdateLaunch& launch, bool interleaved,
                                unsigned char* shared) {
  __shared__ WarpTelemetry::Meeting meeting;
  const Tables tables(shared);
  tables.Fill();
  __syncthreads();
  const WarpUnits chunks = UnitsOfWarp(launch.chunk_count, interleaved);
  WarpTelemetry telemetry;
  const LeftoverChunks leftovers = UpdatePlainChunks<Tables>(
      {launch, tables, telemetry, TaskCursor(launch.chunk_begins, launch.task_count), {}}, chunks);
  if (leftovers.Any()) {
    FinishPlainLeftovers(launch, leftovers, UnitsOfWarp(launch.chunk_count, interleaved),
                         &telemetry);
  }
  telemetry.Finish(&meeting);
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_ADAM_PLAIN_BLOCK_CUH_
