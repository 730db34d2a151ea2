#ifndef ZEROD_KERNELS_CUDA_BULK_STAGES_CUH_
#define ZEROD_KERNELS_CUDA_BULK_STAGES_CUH_

#include <cstddef>
#include <cstdint>

#include "kernels/cuda/adam_task.cuh"
#include "kernels/cuda/bulk_copy.cuh"
#include "kernels/cuda/launch_shape.h"

namespace zerod {

// Consecutive chunks of one task: what a block's updating warps take at a time, a chunk each.
struct Tile {
  std::uint64_t first_chunk;  // its place in the task
  std::uint32_t task;         // its index in the launch
  std::uint32_t chunk_count;  // 0: there is nothing more
};

inline constexpr std::uint32_t kBarrierBytes = 8;

// A stage of shared memory holds one tile's streams, each as in global memory.
inline constexpr std::uint32_t kTileElements = kBulkWarps * kChunkElements;
inline constexpr std::uint32_t kGradientAt = 0;
inline constexpr std::uint32_t kWeightsAt = 2 * kTileElements;
inline constexpr std::uint32_t kCorrectionAt = 4 * kTileElements;
inline constexpr std::uint32_t kMAt = 5 * kTileElements;
inline constexpr std::uint32_t kVAt = 6 * kTileElements;
inline constexpr std::uint32_t kScalesAt = 7 * kTileElements;
static_assert(kScalesAt + kTileElements / kQuantGroupElements * 4 == kStageBytes);
static_assert(sizeof(Tile) + 2 * kBarrierBytes == kStageControlBytes);

// A block's stages, their tiles and their barriers: `filled` for the updating warps to wait for,
// `updated` for the copying one.
class Stages {
 public:
  // `shared`: kBulkSharedBytes, aligned to 128 bytes, of which the first are the tables'.
  __device__ explicit Stages(unsigned char* shared)
      : memory_(shared + kWideTableBytes),
        tiles_(reinterpret_cast<Tile*>(memory_ + kStageCount * kStageBytes)),
        address_(SharedAddress(memory_)),
        barriers_(SharedAddress(tiles_ + kStageCount)) {}

  // One thread calls it, before a __syncthreads.
  __device__ void Init(std::uint32_t updating_warps) const {
    for (std::uint32_t stage = 0; stage < kStageCount; ++stage) {
      InitBarrier(Filled(stage), 1 + kWarpLanes);
      InitBarrier(Updated(stage), updating_warps);
    }
    FenceBarriers();
  }

  __device__ unsigned char* Memory(std::uint32_t stage) const {
    return memory_ + stage * kStageBytes;
  }
  __device__ std::uint32_t Address(std::uint32_t stage) const {
    return address_ + stage * kStageBytes;
  }
  __device__ Tile& TileOf(std::uint32_t stage) const { return tiles_[stage]; }
  __device__ std::uint32_t Filled(std::uint32_t stage) const {
    return barriers_ + 2 * kBarrierBytes * stage;
  }
  __device__ std::uint32_t Updated(std::uint32_t stage) const {
    return Filled(stage) + kBarrierBytes;
  }

 private:
  unsigned char* memory_;
  Tile* tiles_;
  std::uint32_t address_;
  std::uint32_t barriers_;
};

// The stages in turn, and the parity of their barriers' phases.
struct StageTurn {
  std::uint32_t stage = 0;
  std::uint32_t parity = 0;

  __device__ void Next() {
    stage = stage == kStageCount - 1 ? 0 : stage + 1;
    if (stage == 0) parity ^= 1;
  }
};

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_BULK_STAGES_CUH_
