#include "bench/gpu_memory.h"

#include <cstdlib>
#include <iostream>

namespace zerod::bench {

void CheckCuda(cudaError_t error, const char* what) {
  if (error == cudaSuccess) return;
  std::cerr << "gpu_bench: " << what << " failed: " << cudaGetErrorString(error) << "\n";
  std::exit(1);
}

std::shared_ptr<void> AllocateOnDevice(std::uint64_t bytes) {
  void* memory = nullptr;
  CheckCuda(cudaMalloc(&memory, bytes), "allocating device memory");
  CheckCuda(cudaMemset(memory, 0, bytes), "clearing device memory");
  return {memory, [](void* owned) { cudaFree(owned); }};
}

}  // namespace zerod::bench
