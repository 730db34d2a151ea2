#include "bench/gpu_fill.h"
#include "kernels/element_access.h"
#include "kernels/hash.h"

namespace zerod::bench {
namespace {

__global__ void RandomFillKernel(RandomFill fill) {
  auto* const values = static_cast<std::byte*>(fill.values);
  const std::uint64_t stride = static_cast<std::uint64_t>(gridDim.x) * blockDim.x;
  for (std::uint64_t i = static_cast<std::uint64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
       i < fill.count; i += stride) {
    const auto bits = static_cast<std::int32_t>(Mix64(fill.seed + i * kWeyl64));
    StoreElement(fill.dtype, static_cast<float>(bits) * 0x1p-31f * fill.scale, values, i);
  }
}

}  // namespace

cudaError_t LaunchRandomFill(const RandomFill& fill, cudaStream_t stream) {
  RandomFillKernel<<<4096, 256, 0, stream>>>(fill);
  return cudaGetLastError();
}

}  // namespace zerod::bench
