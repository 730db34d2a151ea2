#ifndef ZEROD_KERNELS_CUDA_LANE_MEMORY_CUH_
#define ZEROD_KERNELS_CUDA_LANE_MEMORY_CUH_

#include <cstdint>

namespace zerod {

// A lane's words, 16 bytes at a time, in global or shared memory.
template <int kWords>
__device__ inline void LoadWords(const void* from, std::uint32_t (&words)[kWords]) {
#pragma unroll
  for (int k = 0; k < kWords / 4; ++k) {
    const uint4 quad = static_cast<const uint4*>(from)[k];
    words[4 * k] = quad.x;
    words[4 * k + 1] = quad.y;
    words[4 * k + 2] = quad.z;
    words[4 * k + 3] = quad.w;
  }
}

template <int kWords>
__device__ inline void StoreWords(const std::uint32_t (&words)[kWords], void* to) {
#pragma unroll
  for (int k = 0; k < kWords / 4; ++k) {
    static_cast<uint4*>(to)[k] =
        make_uint4(words[4 * k], words[4 * k + 1], words[4 * k + 2], words[4 * k + 3]);
  }
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_LANE_MEMORY_CUH_
