#ifndef ZEROD_BENCH_GPU_FILL_H_
#define ZEROD_BENCH_GPU_FILL_H_

#include <cuda_runtime_api.h>

#include <cstdint>

#include "zerod/base/dtype.h"

namespace zerod::bench {

// Uniform random numbers in [-scale, scale), in device memory.
struct RandomFill {
  void* values = nullptr;
  std::uint64_t count = 0;
  DType dtype = DType::kBf16;  // bf16 or fp32
  float scale = 1.0f;
  std::uint64_t seed = 0;
};
cudaError_t LaunchRandomFill(const RandomFill& fill, cudaStream_t stream);

}  // namespace zerod::bench

#endif  // ZEROD_BENCH_GPU_FILL_H_
