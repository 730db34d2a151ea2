#ifndef ZEROD_KERNELS_CUDA_BULK_STAGES_CUH_
#define ZEROD_KERNELS_CUDA_BULK_STAGES_CUH_

#include <cstddef>
#include <cstdint>

#include "kernels/cuda/adam_task.cuh"
#include "kernels/cuda/bulk_copy.cuh"
#include "kernels/cuda/launch_shape.h"

namespace zerod {

// Where a stage's streams begin. Scales are not among them: a chunk's may begin at any group, and
// bulk copies want 16 bytes.
inline constexpr std::uint32_t kStageElements = kChunkElements;
inline constexpr std::uint32_t kGradientAt = 0;
inline constexpr std::uint32_t kWeightsAt = 2 * kStageElements;
inline constexpr std::uint32_t kCorrectionAt = 4 * kStageElements;
inline constexpr std::uint32_t kMAt = 5 * kStageElements;
inline constexpr std::uint32_t kVAt = 6 * kStageElements;
static_assert(7 * kStageElements == kStageBytes);

// Lane i of a warp copies stream i, both ways; only the gradient, stream 0, is not written back.
// The copy instruction takes one lane at a time, so that this costs less than one lane's issuing
// one copy after the other.
inline constexpr std::uint32_t kStreams = 5;

struct Stream {
  std::uint32_t at;             // in a stage
  std::uint32_t element_shift;  // log2 of an element's bytes
  std::byte* base = nullptr;    // of the task that the warp is in

  __device__ Stream() {
    const std::uint32_t lane = threadIdx.x % kWarpLanes;
    at = lane < 2 ? lane * 2 * kStageElements : (lane + 2) * kStageElements;
    element_shift = lane < 2 ? 1 : 0;
  }

  __device__ void SetTask(const FusedUpdateTask& device_task) {
    const std::uint32_t lane = threadIdx.x % kWarpLanes;
    const UpdateTask& task = device_task.task;
    base = lane == 1 ? task.weights : lane == 2 ? task.correction : lane == 3 ? task.m : task.v;
    if (lane == 0) base = const_cast<std::byte*>(FirstGradient(device_task));  // only read
  }

  __device__ std::byte* Address(const AdamChunk& chunk) const {
    return base + (chunk.first << element_shift);
  }
};

// One warp's stages.
class Stages {
 public:
  __device__ explicit Stages(unsigned char* shared) {
    const std::uint32_t warp = threadIdx.x / kWarpLanes;
    memory_ = shared + kWideTableBytes + warp * kStageCount * kStageBytes;
    address_ = SharedAddress(memory_);
    barriers_ = SharedAddress(shared + kWideTableBytes + kBulkWarps * kStageCount * kStageBytes) +
                warp * kStageCount * 8;
  }

  __device__ void Init() const {
    for (std::uint32_t stage = 0; stage < kStageCount; ++stage) InitBarrier(barriers_ + 8 * stage);
    FenceBarriers();
  }

  // The whole warp calls it.
  __device__ void Fill(std::uint32_t stage, const Stream& stream, const AdamChunk& chunk) const {
    const std::uint32_t lane = threadIdx.x % kWarpLanes;
    const std::uint32_t barrier = barriers_ + 8 * stage;
    if (lane == 0) ExpectBytes(barrier, 7 * chunk.count);
    __syncwarp();
    if (lane < kStreams) {
      IssueLoad({address_ + stage * kStageBytes + stream.at, stream.Address(chunk),
                 chunk.count << stream.element_shift},
                barrier);
    }
  }

  // The whole warp calls it, for a stage that has been filled.
  __device__ void Await(std::uint32_t stage) {
    AwaitPhase(barriers_ + 8 * stage, parities_ >> stage & 1);
    parities_ ^= 1u << stage;
  }

  // The whole warp calls it, after every lane's FenceWrites.
  __device__ void WriteBack(std::uint32_t stage, const Stream& stream, const AdamChunk& chunk,
                            const WeightCopies& copies) const {
    const std::uint32_t lane = threadIdx.x % kWarpLanes;
    const std::uint32_t from = address_ + stage * kStageBytes + stream.at;
    const std::uint32_t bytes = chunk.count << stream.element_shift;
    __syncwarp();
    if (lane >= 1 && lane < kStreams) IssueStore(stream.Address(chunk), from, bytes);
    if (lane == 1) {
      for (std::uint32_t copy = 0; copy < copies.count; ++copy) {
        IssueStore(copies.destinations[copy] + 2 * chunk.first, from, bytes);
      }
    }
    CommitStores();
  }

  __device__ unsigned char* Memory(std::uint32_t stage) const {
    return memory_ + stage * kStageBytes;
  }

 private:
  unsigned char* memory_;
  std::uint32_t address_;
  std::uint32_t barriers_;
  std::uint32_t parities_ = 0;  // bit s: of the phase that stage s is in
};

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_BULK_STAGES_CUH_
