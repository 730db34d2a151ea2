#ifndef ZEROD_KERNELS_FUSED_UPDATE_H_
#define ZEROD_KERNELS_FUSED_UPDATE_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/update.h"

namespace zerod {

// Where an update's gradient comes from when nobody has reduced it before. The sum, in order and in
// binary32, times `scale`, rounded to the task's gradient_dtype, is what ReduceContributions gives
// for a step of one micro-batch.
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

// Reduction, update and gather of one stretch of a parameter. Pointers as in UpdateTask.
struct FusedUpdateTask {
  UpdateTask task;
  GradientSource source;
  WeightCopies copies;
};

// The bits of ReduceContributions, UpdateWeights and copying the weights, in one pass over memory:
// no reduced gradient is kept, so there is no norm to clip by. What GPUs do in one launch is held
// to it.
void UpdateWeightsFused(const UpdateContext& context, std::span<const FusedUpdateTask> tasks);

}  // namespace zerod

#endif  // ZEROD_KERNELS_FUSED_UPDATE_H_
