#include "kernels/cuda/adam_bulk_block.cuh"
#include "kernels/cuda/update_kernels.h"

namespace zerod {
namespace {

__global__ void __launch_bounds__(kBulkThreads, 1)
    AdamBulkKernel(const __grid_constant__ UpdateLaunch launch, bool interleaved) {
#if __CUDA_ARCH__ >= 900
  extern __shared__ __align__(128) unsigned char shared[];
  UpdateAdamBulk(launch, interleaved, shared);
#else
  // A build for none of kBulkArchitectures links it, too; to return would be to lose updates.
  __trap();
#endif
}

}  // namespace

cudaError_t LaunchAdamBulk(const UpdateLaunch& launch, const LaunchShape& shape,
                           cudaStream_t stream) {
  const cudaError_t error = cudaFuncSetAttribute(
      AdamBulkKernel, cudaFuncAttributeMaxDynamicSharedMemorySize, shape.shared_bytes);
  if (error != cudaSuccess) return error;
  AdamBulkKernel<<<shape.block_count, kBulkThreads, shape.shared_bytes, stream>>>(
      launch, shape.interleaved);
  return cudaGetLastError();
}

}  // namespace zerod
