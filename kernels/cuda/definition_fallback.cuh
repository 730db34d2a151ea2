#ifndef ZEROD_KERNELS_CUDA_DEFINITION_FALLBACK_CUH_
#define ZEROD_KERNELS_CUDA_DEFINITION_FALLBACK_CUH_

#include <cstdint>

#include "kernels/cuda/update_group.cuh"

namespace zerod {

// A whole chunk by the definition. Not inlined: it is rare and would cost the fast path registers.
inline __device__ __noinline__ LaneCounts UpdateChunkByDefinition(UpdateContext context,
                                                                  const FusedUpdateTask* task,
                                                                  std::uint64_t first,
                                                                  std::uint32_t count) {
  return UpdateGroups<AdamRule, RobustCodec>(
      context, *task,
      {first / kQuantGroupElements, static_cast<std::uint32_t>(count / kQuantGroupElements)});
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_DEFINITION_FALLBACK_CUH_
