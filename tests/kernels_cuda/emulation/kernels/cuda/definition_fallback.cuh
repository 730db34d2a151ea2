#ifndef ZEROD_KERNELS_CUDA_DEFINITION_FALLBACK_CUH_
#define ZEROD_KERNELS_CUDA_DEFINITION_FALLBACK_CUH_

#include <cstdint>

#include "kernels/cuda/update_group.cuh"

namespace zerod {

// Stands in for kernels/cuda/definition_fallback.cuh, and counts the chunks that come here.
inline std::uint64_t emulated_fallback_chunks = 0;

inline __device__ __noinline__ LaneCounts UpdateChunkByDefinition(UpdateContext context,
                                                                  const FusedUpdateTask* task,
                                                                  std::uint64_t first,
                                                                  std::uint32_t count) {
  if (threadIdx.x % kWarpLanes == 0) ++emulated_fallback_chunks;
  return UpdateGroups<AdamRule, RobustCodec>(
      context, *task,
      {first / kQuantGroupElements, static_cast<std::uint32_t>(count / kQuantGroupElements)});
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_DEFINITION_FALLBACK_CUH_
