#ifndef ZEROD_KERNELS_CUDA_ADAM_PLAIN_BLOCK_CUH_
#define ZEROD_KERNELS_CUDA_ADAM_PLAIN_BLOCK_CUH_

#include <cstdint>

#include "kernels/cuda/adam_task.cuh"
#include "kernels/cuda/decode_tables.cuh"
#include "kernels/cuda/lane_memory.cuh"
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

// Inputs that are in range, for lanes without elements.
__device__ inline AdamLane IdleLane() {
  AdamLane lane = {};
  for (std::uint32_t& word : lane.v) word = 0x01010101u;
  return lane;
}

// `shared`: the tables' memory, aligned to 16 bytes.
template <typename Tables>
__device__ void UpdateAdamPlain(const UpdateLaunch& launch, bool interleaved,
                                unsigned char* shared) {
  __shared__ WarpTelemetry::Meeting meeting;
  const Tables tables(shared);
  tables.Fill();
  __syncthreads();
  const std::uint32_t lane_index = threadIdx.x % kWarpLanes;
  const WarpUnits chunks = UnitsOfWarp(launch.chunk_count, interleaved);
  TaskCursor cursor(launch.chunk_begins, launch.task_count);
  WarpTelemetry telemetry;
  PlainTask task = {};
  for (std::uint64_t index = chunks.first; index < chunks.end; index += chunks.stride) {
    const bool another = cursor.Seek(index);
    const FusedUpdateTask& device_task = launch.tasks[cursor.index()];
    if (another) {
      task = LoadTask(device_task);
      telemetry.SetTarget(device_task.task.telemetry);
    }
    const AdamChunk chunk = ChunkAt(task.extent, cursor.Place(index));
    const std::uint64_t first = chunk.first + lane_index * kLaneElements;
    const bool active = chunk.HasLane(lane_index);
    bool in_range = chunk.fast;
    AdamLane lane;
    AdamLaneStep step;
    if (chunk.fast) {
      lane = active ? LoadAdamLane(task, first) : IdleLane();
      if (device_task.source.count != 0 && active)
        ReduceLane(device_task.source, first, lane.gradient);
      in_range = StepWarp(lane, active, task.scalars, tables, &step);
    }
    if (!in_range) {
      telemetry.Add(
          UpdateChunkByDefinition(launch.context, &device_task, chunk.first, chunk.count));
      continue;
    }
    const std::uint64_t group = task.first_group + first / kQuantGroupElements;
    const AdamLaneCodes codes =
        EncodeAdamLane(step, MakeGroupKey(launch.context.key.value, group), lane_index % 2, lane.m);
    telemetry.Add(CountsOf(step, codes, active));
    if (!active) continue;
    StoreWords(step.weights, task.weights + 2 * first);
    StoreWords(step.correction, task.correction + first);
    StoreWords(codes.m, task.m + first);
    StoreWords(codes.v, task.v + first);
    if (lane_index % 2 == 0) task.scales[first / kQuantGroupElements] = codes.scales;
    for (std::uint32_t copy = 0; copy < device_task.copies.count; ++copy) {
      StoreWords(step.weights, device_task.copies.destinations[copy] + 2 * first);
    }
  }
  telemetry.Finish(&meeting);
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_ADAM_PLAIN_BLOCK_CUH_
