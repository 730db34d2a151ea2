#ifndef ZEROD_KERNELS_CUDA_BULK_PRODUCER_CUH_
#define ZEROD_KERNELS_CUDA_BULK_PRODUCER_CUH_

#include <cstdint>

#include "kernels/cuda/bulk_stages.cuh"
#include "kernels/cuda/task_cursor.cuh"

namespace zerod {

// The warp that copies for the others: tiles into stages, as many ahead as there are, and what has
// been updated there back.

// A block's tiles: of its chunks, either every n-th stretch or one run, cut where tasks end. The
// whole warp calls it.
class TileWalk {
 public:
  __device__ TileWalk(const UpdateLaunch& launch, std::uint32_t tile_chunks, bool interleaved)
      : cursor_(launch.chunk_begins, launch.task_count),
        tile_chunks_(tile_chunks),
        chunk_(interleaved ? blockIdx.x * std::uint64_t{tile_chunks}
                           : launch.chunk_count * blockIdx.x / gridDim.x),
        stride_((interleaved ? gridDim.x : 1) * std::uint64_t{tile_chunks}),
        end_(interleaved ? launch.chunk_count : launch.chunk_count * (blockIdx.x + 1) / gridDim.x),
        stretch_end_(min(chunk_ + tile_chunks, end_)) {}

  // The next tile; one without chunks behind the last.
  __device__ Tile Next() {
    if (chunk_ >= end_) return {0, 0, 0};
    cursor_.Seek(chunk_);
    const std::uint64_t tile_end = min(stretch_end_, cursor_.end());
    const Tile tile = {.first_chunk = cursor_.Place(chunk_),
                       .task = cursor_.index(),
                       .chunk_count = static_cast<std::uint32_t>(tile_end - chunk_)};
    chunk_ = tile_end;
    if (chunk_ == stretch_end_) {
      chunk_ += stride_ - tile_chunks_;
      stretch_end_ = min(chunk_ + tile_chunks_, end_);
    }
    return tile;
  }

 private:
  TaskCursor cursor_;
  std::uint64_t tile_chunks_;
  std::uint64_t chunk_;
  std::uint64_t stride_;
  std::uint64_t end_;
  std::uint64_t stretch_end_;
};

// A task's streams, kept from tile to tile: reading them each time would take as long as updating.
struct TaskStreams {
  std::uint32_t index = kNoTask;
  std::uint64_t fast_count = 0;
  const std::byte* gradient = nullptr;
  std::byte* weights = nullptr;
  std::byte* correction = nullptr;
  std::byte* m = nullptr;
  std::byte* v = nullptr;
  const std::uint32_t* scales = nullptr;
  WeightCopies copies;

  __device__ void Seek(const UpdateLaunch& launch, std::uint32_t task_index) {
    if (task_index == index) return;
    index = task_index;
    const FusedUpdateTask& device_task = launch.tasks[task_index];
    const UpdateTask& task = device_task.task;
    fast_count = ExtentOf(device_task).fast_count;
    gradient = FirstGradient(device_task);
    weights = task.weights;
    correction = task.correction;
    m = task.m;
    v = task.v;
    scales = ScalePairs(task);
    copies = device_task.copies;
  }
};

// Which elements a tile's fast chunks are.
struct TileElements {
  std::uint64_t first;
  std::uint32_t count;
};
__device__ inline TileElements FastElements(const Tile& tile, std::uint64_t fast_count) {
  const std::uint64_t first = tile.first_chunk * kChunkElements;
  const std::uint64_t end = min(first + tile.chunk_count * kChunkElements, fast_count);
  return {first, end <= first ? 0 : static_cast<std::uint32_t>(end - first)};
}

class Producer {
 public:
  __device__ Producer(const UpdateLaunch& launch, const Stages& stages)
      : launch_(launch), stages_(stages), lane_(threadIdx.x % kWarpLanes) {}

  // All tiles of `walk`, and the empty one that ends them.
  __device__ void Run(TileWalk walk) {
    std::uint32_t in_flight = 0;
    Tile tile;
    do {
      tile = walk.Next();
      if (tile.chunk_count != 0) filled_task_.Seek(launch_, tile.task);
      if (in_flight == kStageCount) {
        WriteBack();
        --in_flight;
        AwaitStoresRead();
        __syncwarp();
      }
      Fill(tile);
      if (tile.chunk_count != 0) ++in_flight;
    } while (tile.chunk_count != 0);
    for (; in_flight != 0; --in_flight) WriteBack();
    AwaitStores();
  }

 private:
  __device__ void Fill(const Tile& tile) {
    const TileElements elements = FastElements(tile, filled_task_.fast_count);
    const std::uint32_t barrier = stages_.Filled(filling_.stage);
    if (lane_ == 0) {
      stages_.TileOf(filling_.stage) = tile;
      ExpectBytes(barrier, 7 * elements.count);
      if (elements.count != 0) LoadStreams(elements, barrier);
    }
    LoadScales(elements);
    ArriveAfterWords(barrier);
    __syncwarp();  // all lanes will read the tile
    filling_.Next();
  }

  __device__ void LoadStreams(const TileElements& elements, std::uint32_t barrier) const {
    const TaskStreams& task = filled_task_;
    const std::uint32_t to = stages_.Address(filling_.stage);
    const std::uint64_t first = elements.first;
    const std::uint32_t count = elements.count;
    IssueLoad({to + kGradientAt, task.gradient + 2 * first, 2 * count}, barrier);
    IssueLoad({to + kWeightsAt, task.weights + 2 * first, 2 * count}, barrier);
    IssueLoad({to + kCorrectionAt, task.correction + first, count}, barrier);
    IssueLoad({to + kMAt, task.m + first, count}, barrier);
    IssueLoad({to + kVAt, task.v + first, count}, barrier);
  }

  // Word by word: a task's scales may begin at any group, and bulk copies want 16 bytes.
  __device__ void LoadScales(const TileElements& elements) const {
    const std::uint32_t* const from = filled_task_.scales + elements.first / kQuantGroupElements;
    const std::uint32_t to = stages_.Address(filling_.stage) + kScalesAt;
    for (std::uint32_t i = lane_; i < elements.count / kQuantGroupElements; i += kWarpLanes) {
      IssueWordLoad(to + 4 * i, from + i);
    }
  }

  // Of the oldest tile, once it is updated.
  __device__ void WriteBack() {
    const Tile tile = stages_.TileOf(writing_.stage);
    written_task_.Seek(launch_, tile.task);
    const TileElements elements = FastElements(tile, written_task_.fast_count);
    AwaitPhase(stages_.Updated(writing_.stage), writing_.parity);
    if (lane_ == 0 && elements.count != 0) StoreStreams(elements);
    CommitStores();
    writing_.Next();
  }

  __device__ void StoreStreams(const TileElements& elements) const {
    const TaskStreams& task = written_task_;
    const std::uint32_t from = stages_.Address(writing_.stage);
    const std::uint64_t first = elements.first;
    const std::uint32_t count = elements.count;
    IssueStore(task.weights + 2 * first, from + kWeightsAt, 2 * count);
    IssueStore(task.correction + first, from + kCorrectionAt, count);
    IssueStore(task.m + first, from + kMAt, count);
    IssueStore(task.v + first, from + kVAt, count);
    for (std::uint32_t i = 0; i < task.copies.count; ++i) {
      IssueStore(task.copies.destinations[i] + 2 * first, from + kWeightsAt, 2 * count);
    }
  }

  const UpdateLaunch& launch_;
  const Stages& stages_;
  std::uint32_t lane_;
  TaskStreams filled_task_;
  TaskStreams written_task_;
  StageTurn filling_;
  StageTurn writing_;
};

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_BULK_PRODUCER_CUH_
