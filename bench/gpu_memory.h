#ifndef ZEROD_BENCH_GPU_MEMORY_H_
#define ZEROD_BENCH_GPU_MEMORY_H_

#include <cuda_runtime_api.h>

#include <cstdint>
#include <memory>

namespace zerod::bench {

// Ends the program with what failed, unless `error` is cudaSuccess.
void CheckCuda(cudaError_t error, const char* what);

// Zeroed device memory, freed with the owner.
std::shared_ptr<void> AllocateOnDevice(std::uint64_t bytes);

}  // namespace zerod::bench

#endif  // ZEROD_BENCH_GPU_MEMORY_H_
