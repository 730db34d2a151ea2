#ifndef ZEROD_KERNELS_CUDA_UPDATE_TASKS_H_
#define ZEROD_KERNELS_CUDA_UPDATE_TASKS_H_

#include <cstddef>
#include <cstdint>

#include "kernels/update.h"
#include "zerod/base/dtype.h"

namespace zerod {

// Where an update's gradient comes from when no reduction was launched before it. The sum, in
// order and in binary32, times `scale`, rounded to the task's gradient_dtype, is what
// ReduceContributions gives for a step of one micro-batch.
struct GradientSource {
  const std::byte* const* contributions = nullptr;  // `count` pointers; peers' memory, too
  std::uint32_t count = 0;                          // 0: the task's `gradient` holds the sum
  DType dtype = DType::kBf16;                       // of the contributions
  float scale = 1.0f;
  std::uint64_t valid_count = 0;  // elements of each; the task's others are padding, 0
};

// Where new weights go besides the task's own: peers' arenas, aligned as the task's weights are.
struct WeightCopies {
  std::byte* const* destinations = nullptr;  // `count` pointers
  std::uint32_t count = 0;
};

struct DeviceUpdateTask {
  UpdateTask task;
  GradientSource source;
  WeightCopies copies;
};

// One step on every task, in place; the same bits as UpdateWeights, after ReduceContributions where
// a task has contributions. All pointers, those in tasks too, are to memory that the stream's
// device can reach; nothing overlaps but telemetry. Starts are aligned as quant groups are: weights
// and 16-bit gradients to 64 bytes, correction and moments to 32, scales to 4 (a rule with one
// moment: 2). Contributions need no alignment but their elements'; 16 bytes are faster.
struct UpdateLaunch {
  UpdateContext context;
  const DeviceUpdateTask* tasks = nullptr;
  const std::uint64_t* chunk_begins = nullptr;  // ChunkBegins of the tasks' counts, and as long
  std::uint32_t task_count = 0;
  std::uint64_t chunk_count = 0;  // the last of chunk_begins
};

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_UPDATE_TASKS_H_
