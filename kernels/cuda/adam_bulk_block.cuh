#ifndef ZEROD_KERNELS_CUDA_ADAM_BULK_BLOCK_CUH_
#define ZEROD_KERNELS_CUDA_ADAM_BULK_BLOCK_CUH_

#include <cstdint>

#include "kernels/cuda/adam_task.cuh"
#include "kernels/cuda/bulk_stages.cuh"
#include "kernels/cuda/decode_tables.cuh"
#include "kernels/cuda/lane_memory.cuh"
#include "kernels/cuda/task_cursor.cuh"
#include "kernels/cuda/warp_telemetry.cuh"

namespace zerod {

// Each warp has its own stages in shared memory, fills them two chunks ahead, updates a chunk in
// place there, and has it written back. docs/adr/0009 says why.

__device__ inline AdamLane ReadLane(const unsigned char* memory) {
  AdamLane lane;
  const std::uint32_t first = threadIdx.x % kWarpLanes * kLaneElements;
  LoadWords(memory + kVAt + first, lane.v);
  LoadWords(memory + kMAt + first, lane.m);
  LoadWords(memory + kGradientAt + 2 * first, lane.gradient);
  LoadWords(memory + kCorrectionAt + first, lane.correction);
  LoadWords(memory + kWeightsAt + 2 * first, lane.weights);
  return lane;
}

// Looks ahead: fills stages of chunks to come, and brings their scales.
class Lookahead {
 public:
  __device__ explicit Lookahead(const UpdateLaunch& launch, std::uint64_t end)
      : launch_(launch), end_(end), cursor_(launch.chunk_begins, launch.task_count) {}

  // Fills `stage` with chunk number `index`, if there is one and it is one for the fast path. The
  // whole warp calls it, chunk after chunk.
  __device__ void Fill(std::uint64_t index, std::uint32_t stage, const Stages& stages) {
    older_scales_ = newer_scales_;
    if (index >= end_) return;
    if (cursor_.Seek(index)) SetTask(launch_.tasks[cursor_.index()]);
    const AdamChunk chunk = ChunkAt(extent_, cursor_.Place(index));
    if (!chunk.fast) return;
    const std::uint32_t lane = threadIdx.x % kWarpLanes;
    stages.Fill(stage, stream_, chunk);
    if (chunk.HasLane(lane)) {
      newer_scales_ = scales_[chunk.first / kQuantGroupElements + lane / 2];
    }
  }

  // This lane's group's, from the call before the latest.
  __device__ std::uint32_t Scales() const { return older_scales_; }

 private:
  __device__ void SetTask(const FusedUpdateTask& device_task) {
    extent_ = ExtentOf(device_task);
    stream_.SetTask(device_task);
    scales_ = ScalePairs(device_task.task);
  }

  const UpdateLaunch& launch_;
  std::uint64_t end_;
  TaskCursor cursor_;
  AdamExtent extent_ = {};
  Stream stream_;
  const std::uint32_t* scales_ = nullptr;
  std::uint32_t older_scales_ = 0;
  std::uint32_t newer_scales_ = 0;
};

__device__ inline void WriteMaster(const AdamLaneStep& step, unsigned char* memory) {
  const std::uint32_t first = threadIdx.x % kWarpLanes * kLaneElements;
  StoreWords(step.weights, memory + kWeightsAt + 2 * first);
  StoreWords(step.correction, memory + kCorrectionAt + first);
}

__device__ inline void WriteCodes(const AdamLaneCodes& codes, unsigned char* memory) {
  const std::uint32_t first = threadIdx.x % kWarpLanes * kLaneElements;
  StoreWords(codes.m, memory + kMAt + first);
  StoreWords(codes.v, memory + kVAt + first);
}

// What a warp keeps of the task that it is in.
struct BulkTask {
  AdamExtent extent = {};
  AdamLaneScalars scalars = {};
  Stream stream;
  WeightCopies copies;
  std::uint32_t* scales = nullptr;
  std::uint64_t first_group = 0;  // flat
  bool has_contributions = false;

  __device__ void Set(const FusedUpdateTask& device_task) {
    extent = ExtentOf(device_task);
    scalars = MakeAdamLaneScalars(*device_task.task.scalars);
    stream.SetTask(device_task);
    copies = device_task.copies;
    scales = ScalePairs(device_task.task);
    first_group = device_task.task.flat_begin / kQuantGroupElements;
    has_contributions = device_task.source.count != 0;
  }
};

// What a warp works with.
struct BulkWarp {
  const UpdateLaunch& launch;
  const WideTables& tables;
  Stages& stages;
  WarpTelemetry& telemetry;
};

__device__ inline void UpdateChunks(const BulkWarp& warp, const WarpUnits& chunks) {
  const UpdateLaunch& launch = warp.launch;
  Stages& stages = warp.stages;
  const std::uint32_t lane_index = threadIdx.x % kWarpLanes;
  TaskCursor cursor(launch.chunk_begins, launch.task_count);
  Lookahead ahead(launch, chunks.end);
  ahead.Fill(chunks.first, 0, stages);
  ahead.Fill(chunks.first + chunks.stride, 1, stages);
  BulkTask task;
  std::uint32_t stage = 0;
  for (std::uint64_t index = chunks.first; index < chunks.end; index += chunks.stride) {
    const bool another = cursor.Seek(index);
    const FusedUpdateTask& device_task = launch.tasks[cursor.index()];
    if (another) {
      task.Set(device_task);
      warp.telemetry.SetTarget(device_task.task.telemetry);
    }
    const AdamChunk chunk = ChunkAt(task.extent, cursor.Place(index));
    const bool active = chunk.HasLane(lane_index);
    unsigned char* const memory = stages.Memory(stage);
    bool in_range = chunk.fast;
    AdamLane lane;
    AdamLaneStep step;
    if (chunk.fast) {
      stages.Await(stage);
      lane = ReadLane(memory);
      lane.scales = ahead.Scales();
      if (task.has_contributions && active) {
        ReduceLane(device_task.source, chunk.first + lane_index * kLaneElements, lane.gradient);
      }
      in_range = StepWarp(lane, active, task.scalars, warp.tables, &step);
    }
    // The stage before this one is free: all lanes have read it, and met since, and every lane's
    // own stores from there have read it.
    AwaitStoresRead();
    ahead.Fill(index + 2 * chunks.stride, stage == 0 ? kStageCount - 1 : stage - 1, stages);
    if (in_range) {
      WriteMaster(step, memory);
      const std::uint64_t group = chunk.first / kQuantGroupElements + lane_index / 2;
      const GroupKey key = MakeGroupKey(launch.context.key.value, task.first_group + group);
      const AdamLaneCodes codes = EncodeAdamLane(step, key, lane_index % 2, lane.m);
      WriteCodes(codes, memory);
      FenceWrites();
      stages.WriteBack(stage, task.stream, chunk, task.copies);
      if (active && lane_index % 2 == 0) task.scales[group] = codes.scales;
      warp.telemetry.Add(CountsOf(step, codes, active));
    } else {
      warp.telemetry.Add(
          UpdateChunkByDefinition(launch.context, &device_task, chunk.first, chunk.count));
    }
    stage = stage == kStageCount - 1 ? 0 : stage + 1;
  }
  AwaitStores();
}

// `shared`: kBulkSharedBytes, aligned to 128 bytes.
__device__ inline void UpdateAdamBulk(const UpdateLaunch& launch, bool interleaved,
                                      unsigned char* shared) {
  __shared__ WarpTelemetry::Meeting meeting;
  Stages stages(shared);
  if (threadIdx.x % kWarpLanes == 0) stages.Init();
  const WideTables tables(shared);
  tables.Fill();
  __syncthreads();
  WarpTelemetry telemetry;
  UpdateChunks({launch, tables, stages, telemetry}, UnitsOfWarp(launch.chunk_count, interleaved));
  telemetry.Finish(&meeting);
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_ADAM_BULK_BLOCK_CUH_
