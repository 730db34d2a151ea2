#include "kernels/cuda/adam_plain_block.cuh"
#include "kernels/cuda/update_kernels.h"

namespace zerod {
namespace {

template <typename Tables, int kThreads>
__global__ void __launch_bounds__(kThreads, 512 / kThreads)
    AdamPlainKernel(const __grid_constant__ UpdateLaunch launch, bool interleaved) {
  extern __shared__ __align__(16) unsigned char shared[];
  UpdateAdamPlain<Tables>(launch, interleaved, shared);
}

template <typename Tables, int kThreads>
cudaError_t Launch(const UpdateLaunch& launch, const LaunchShape& shape, cudaStream_t stream) {
  const auto kernel = AdamPlainKernel<Tables, kThreads>;
  const cudaError_t error =
      cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, shape.shared_bytes);
  if (error != cudaSuccess) return error;
  kernel<<<shape.block_count, kThreads, shape.shared_bytes, stream>>>(launch, shape.interleaved);
  return cudaGetLastError();
}

}  // namespace

cudaError_t LaunchAdamPlain(const UpdateLaunch& launch, const LaunchShape& shape,
                            cudaStream_t stream) {
  if (shape.path == UpdatePath::kNarrowTable) {
    return Launch<NarrowTables, kNarrowThreads>(launch, shape, stream);
  }
  return Launch<WideTables, kWideThreads>(launch, shape, stream);
}

}  // namespace zerod
