#ifndef ZEROD_TESTS_KERNELS_CUDA_EMULATED_LAUNCH_H_
#define ZEROD_TESTS_KERNELS_CUDA_EMULATED_LAUNCH_H_

#include <cstdint>
#include <vector>

#include "kernels/cuda/launch_shape.h"
#include "kernels/cuda/reduce_tasks.h"
#include "kernels/cuda/update_tasks.h"

namespace zerod {

// A launch on the host, in a shape that may have fewer blocks and warps than the path's own. Bulk
// copies are done as early or as late as they may be.
struct EmulatedShape {
  UpdatePath path = UpdatePath::kDefinition;
  unsigned block_count = 1;
  unsigned warp_count = 1;  // that update
  bool interleaved = false;
  bool early_copies = false;
};
// Returns how many chunks the fast path handed to the definition.
std::uint64_t EmulateUpdate(const UpdateContext& context, const std::vector<FusedUpdateTask>& tasks,
                            const EmulatedShape& shape);

// What one warp's LeftoverChunks have, in order, once these have been added.
std::vector<std::uint32_t> EmulateLeftovers(const std::vector<std::uint32_t>& added);

// ReduceLaunch over the tasks with two blocks of three warps. `norm` may be null.
void EmulateReduce(const std::vector<DeviceReduceTask>& tasks, bool interleaved,
                   DeviceGradientNorm* norm);

}  // namespace zerod

#endif  // ZEROD_TESTS_KERNELS_CUDA_EMULATED_LAUNCH_H_
