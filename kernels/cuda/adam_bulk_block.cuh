#ifndef ZEROD_KERNELS_CUDA_ADAM_BULK_BLOCK_CUH_
#define ZEROD_KERNELS_CUDA_ADAM_BULK_BLOCK_CUH_

#include <cstdint>

#include "kernels/cuda/adam_task.cuh"
#include "kernels/cuda/bulk_producer.cuh"
#include "kernels/cuda/bulk_stages.cuh"
#include "kernels/cuda/decode_tables.cuh"
#include "kernels/cuda/lane_memory.cuh"
#include "kernels/cuda/leftover_chunks.cuh"
#include "kernels/cuda/task_cursor.cuh"
#include "kernels/cuda/warp_telemetry.cuh"

namespace zerod {

// One warp of a block copies tiles into stages of shared memory and back; the others update them
// there, a chunk each. docs/adr/0009 says why.

// A warp's chunk in its stage.
struct StagedChunk {
  unsigned char* stage;
  std::uint32_t first;  // this lane's first element

  __device__ AdamLane Read() const {
    AdamLane lane;
    LoadWords(stage + kVAt + first, lane.v);
    LoadWords(stage + kMAt + first, lane.m);
    LoadWords(stage + kGradientAt + 2 * first, lane.gradient);
    LoadWords(stage + kCorrectionAt + first, lane.correction);
    LoadWords(stage + kWeightsAt + 2 * first, lane.weights);
    lane.scales = *reinterpret_cast<const std::uint32_t*>(stage + kScalesAt +
                                                          first / kQuantGroupElements * 4);
    return lane;
  }
  __device__ void WriteMaster(const AdamLaneStep& step) const {
    StoreWords(step.weights, stage + kWeightsAt + 2 * first);
    StoreWords(step.correction, stage + kCorrectionAt + first);
  }
  __device__ void WriteCodes(const AdamLaneCodes& codes) const {
    StoreWords(codes.m, stage + kMAt + first);
    StoreWords(codes.v, stage + kVAt + first);
  }
};

// What a warp keeps of the task that it is in.
struct BulkTask {
  std::uint32_t index = kNoTask;
  bool has_contributions = false;
  AdamExtent extent = {};
  AdamLaneScalars scalars = {};
  std::uint32_t* scales = nullptr;
  std::uint64_t first_group = 0;  // flat

  __device__ void Set(std::uint32_t new_index, const FusedUpdateTask& device_task) {
    index = new_index;
    extent = ExtentOf(device_task);
    scalars = MakeAdamLaneScalars(*device_task.task.scalars);
    scales = ScalePairs(device_task.task);
    first_group = device_task.task.flat_begin / kQuantGroupElements;
    has_contributions = device_task.source.count != 0;
  }
};

// What a warp works with.
struct BulkWarp {
  const UpdateLaunch& launch;
  const WideTables& tables;
  WarpTelemetry& telemetry;
  BulkTask task;
};

template <typename Arithmetic>
__device__ __forceinline__ bool UpdateLane(BulkWarp& warp, const AdamChunk& chunk,
                                           const StagedChunk& staged, const AdamLane& lane) {
  const std::uint32_t lane_index = threadIdx.x % kWarpLanes;
  const bool active = chunk.HasLane(lane_index);
  const AdamLaneStep step = StepWarp<Arithmetic>(lane, warp.task.scalars, warp.tables);
  if (!IsWarpInRange(step, active)) return false;
  staged.WriteMaster(step);
  const std::uint64_t group = chunk.first / kQuantGroupElements + lane_index / 2;
  const GroupKey key = MakeGroupKey(warp.launch.context.key.value, warp.task.first_group + group);
  const AdamLaneCodes codes = EncodeAdamLane<Arithmetic>(step, key, lane_index % 2, lane.m);
  staged.WriteCodes(codes);
  if (active && lane_index % 2 == 0) warp.task.scales[group] = codes.scales;
  warp.telemetry.Add(CountsOf(step, codes, active));
  return true;
}

// Returns whether the chunk was in the fast path's range; if not, nothing has changed.
__device__ inline bool UpdateStaged(BulkWarp& warp, const AdamChunk& chunk,
                                    const StagedChunk& staged) {
  if (!chunk.fast) return false;
  const std::uint32_t lane_index = threadIdx.x % kWarpLanes;
  const bool active = chunk.HasLane(lane_index);
  AdamLane lane = staged.Read();
  if (warp.task.has_contributions && active) {
    ReduceLane(warp.launch.tasks[warp.task.index].source, chunk.first + lane_index * kLaneElements,
               lane.gradient);
  }
  return WarpNeedsIntrinsics(lane, active) ? UpdateLane<IntrinsicFloat>(warp, chunk, staged, lane)
                                           : UpdateLane<SeededFloat>(warp, chunk, staged, lane);
}

// What a block's warp number `number` updates in the stages. Returns which tiles' chunks it leaves.
__device__ inline LeftoverChunks UpdateTiles(BulkWarp warp, const Stages& stages,
                                             std::uint32_t number) {
  const std::uint32_t lane_index = threadIdx.x % kWarpLanes;
  const std::uint32_t first = number * kChunkElements + lane_index * kLaneElements;
  LeftoverChunks leftovers;
  StageTurn turn;
  for (std::uint32_t tile_number = 0;; ++tile_number, turn.Next()) {
    AwaitPhase(stages.Filled(turn.stage), turn.parity);
    const Tile tile = stages.TileOf(turn.stage);
    if (tile.chunk_count == 0) return leftovers;
    if (tile.task != warp.task.index) {
      const FusedUpdateTask& device_task = warp.launch.tasks[tile.task];
      warp.task.Set(tile.task, device_task);
      warp.telemetry.SetTarget(device_task.task.telemetry);
    }
    if (number < tile.chunk_count &&
        !UpdateStaged(warp, ChunkAt(warp.task.extent, tile.first_chunk + number),
                      {stages.Memory(turn.stage), first})) {
      leftovers.Add(tile_number);
    }
    FenceWrites();
    __syncwarp();
    if (lane_index == 0) Arrive(stages.Updated(turn.stage));
  }
}

// By the definition, in global memory, once all stages have been copied there: old values where
// chunks were left.
__device__ inline void FinishLeftovers(const UpdateLaunch& launch, const LeftoverChunks& leftovers,
                                       TileWalk walk, WarpTelemetry* telemetry) {
  const std::uint32_t number = threadIdx.x / kWarpLanes;
  Tile tile = walk.Next();
  for (std::uint32_t tile_number = 0; tile.chunk_count != 0; ++tile_number, tile = walk.Next()) {
    if (!leftovers.Has(tile_number)) continue;
    FinishChunk(launch, launch.tasks[tile.task], tile.first_chunk + number, telemetry);
  }
}

// `shared`: kBulkSharedBytes, aligned to 128 bytes. The block's last warp copies.
__device__ inline void UpdateAdamBulk(const UpdateLaunch& launch, bool interleaved,
                                      unsigned char* shared) {
  __shared__ WarpTelemetry::Meeting meeting;
  static_assert(kBulkSharedBytes + sizeof(meeting) <= kBulkBlockSharedBytes);
  const Stages stages(shared);
  const std::uint32_t updating_warps = blockDim.x / kWarpLanes - 1;
  if (threadIdx.x == 0) stages.Init(updating_warps);
  const WideTables tables(shared);
  tables.Fill();
  __syncthreads();
  WarpTelemetry telemetry;
  const std::uint32_t number = threadIdx.x / kWarpLanes;
  LeftoverChunks leftovers;
  if (number == updating_warps) {
    Producer(launch, stages).Run(TileWalk(launch, updating_warps, interleaved));
  } else {
    leftovers = UpdateTiles({launch, tables, telemetry, {}}, stages, number);
  }
  __syncthreads();
  if (leftovers.Any()) {
    FinishLeftovers(launch, leftovers, TileWalk(launch, updating_warps, interleaved), &telemetry);
  }
  telemetry.Finish(&meeting);
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_ADAM_BULK_BLOCK_CUH_
