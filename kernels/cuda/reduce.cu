#include "kernels/cuda/reduce_block.cuh"
#include "kernels/cuda/reduce_launch.h"

namespace zerod {
namespace {

constexpr int kReduceThreads = 256;
constexpr int kReduceWarps = kReduceThreads / static_cast<int>(kWarpLanes);
// All resident at once, by registers: a second wave of blocks would leave most of the device idle.
constexpr int kReduceBlocksPerMultiprocessor = 4;
// A warp that stays in a task for so many bundles may as well be dealt every n-th one: finding
// another task takes about as long as a bundle does.
constexpr std::uint64_t kBundlesPerTaskAndWarp = 8;

__global__ void __launch_bounds__(kReduceThreads, kReduceBlocksPerMultiprocessor)
    ReduceKernel(const __grid_constant__ ReduceLaunch launch, bool interleaved) {
  ReduceBlock(launch, interleaved);
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
  const std::uint64_t bundles = (launch.line_count + kLinesAtOnce - 1) / kLinesAtOnce;
  const std::uint64_t wanted = (bundles + kReduceWarps - 1) / kReduceWarps;
  const auto most = static_cast<std::uint64_t>(multiprocessors) * kReduceBlocksPerMultiprocessor;
  const std::uint64_t blocks = wanted < most ? wanted : most;
  const bool interleaved =
      bundles >= launch.task_count * blocks * kReduceWarps * kBundlesPerTaskAndWarp;
  ReduceKernel<<<static_cast<unsigned>(blocks), kReduceThreads, 0, stream>>>(launch, interleaved);
  return cudaGetLastError();
}

}  // namespace zerod
