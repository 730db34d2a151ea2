#include "kernels/cuda/definition_block.cuh"
#include "kernels/cuda/update_kernels.h"

namespace zerod {
namespace {

template <typename Rule>
constexpr int kResidentBlocks = kHasV<Rule> ? kDefinitionBlocksWithV : kDefinitionBlocks;

template <typename Rule, typename Codec>
__global__ void __launch_bounds__(kDefinitionThreads, kResidentBlocks<Rule>)
    DefinitionKernel(const __grid_constant__ UpdateLaunch launch, bool interleaved) {
  UpdateByDefinition<Rule, Codec>(launch, interleaved);
}

}  // namespace

cudaError_t LaunchDefinition(const UpdateLaunch& launch, const LaunchShape& shape,
                             cudaStream_t stream) {
  return VisitRuleAndCodec(launch.context, [&]<typename Rule, typename Codec>() {
    DefinitionKernel<Rule, Codec>
        <<<shape.block_count, shape.thread_count, shape.shared_bytes, stream>>>(launch,
                                                                                shape.interleaved);
    return cudaGetLastError();
  });
}

}  // namespace zerod
