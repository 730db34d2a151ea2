#ifndef ZEROD_KERNELS_CUDA_UPDATE_TASKS_H_
#define ZEROD_KERNELS_CUDA_UPDATE_TASKS_H_

#include <cstdint>

#include "kernels/fused_update.h"

namespace zerod {

// One step on every task, in place; the same bits as UpdateWeightsFused. All pointers, those in
// tasks too, are to memory that the stream's device can reach; nothing overlaps but telemetry.
// Starts are aligned as quant groups are: weights and gradients to 64 bytes, corrections and
// moments to 32, fp32 ones no better than others, scales to 4 (a rule with one moment: 2).
// Contributions need no alignment but their elements'; 16 bytes are faster.
struct UpdateLaunch {
  UpdateContext context;
  const FusedUpdateTask* tasks = nullptr;
  const std::uint64_t* chunk_begins = nullptr;  // ChunkBegins of the tasks' counts, and as long
  std::uint32_t task_count = 0;
  std::uint64_t chunk_count = 0;  // the last of chunk_begins
};

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_UPDATE_TASKS_H_
