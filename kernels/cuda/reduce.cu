#include "kernels/cuda/reduce_block.cuh"
#include "kernels/cuda/reduce_launch.h"

namespace zerod {
namespace {

constexpr int kReduceThreads = 256;
constexpr int kReduceBlocksPerMultiprocessor = 8;

__global__ void __launch_bounds__(kReduceThreads)
    ReduceKernel(const __grid_constant__ ReduceLaunch launch) {
  ReduceBlock(launch);
}

}  // namespace

cudaError_t LaunchReduce(const ReduceLaunch& launch, cudaStream_t stream) {
  if (launch.line_count == 0) return cudaSuccess;
  int device = 0;
  int multiprocessors = 0;
  cudaError_t error = cudaGetDevice(&device);
  if (error != cudaSuccess) return error;
  error = cudaDeviceGetAttribute(&multiprocessors, cudaDevAttrMultiProcessorCount, device);
  if (error != cudaSuccess) return error;
  constexpr std::uint64_t kLinesPerBlock = kReduceThreads / kWarpLanes;
  const std::uint64_t wanted = (launch.line_count + kLinesPerBlock - 1) / kLinesPerBlock;
  const auto most = static_cast<std::uint64_t>(multiprocessors) * kReduceBlocksPerMultiprocessor;
  ReduceKernel<<<static_cast<unsigned>(wanted < most ? wanted : most), kReduceThreads, 0, stream>>>(
      launch);
  return cudaGetLastError();
}

}  // namespace zerod
