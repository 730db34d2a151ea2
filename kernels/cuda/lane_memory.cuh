#ifndef ZEROD_KERNELS_CUDA_LANE_MEMORY_CUH_
#define ZEROD_KERNELS_CUDA_LANE_MEMORY_CUH_

#include <cstdint>

namespace zerod {

// A lane's words, 16 bytes at a time, in global or shared memory.

__device__ inline bool IsQuadAligned(const void* pointer) {
  return reinterpret_cast<std::uintptr_t>(pointer) % 16 == 0;
}

__device__ inline void UnpackQuad(const uint4& quad, std::uint32_t* words) {
  words[0] = quad.x;
  words[1] = quad.y;
  words[2] = quad.z;
  words[3] = quad.w;
}

template <int kWords>
__device__ inline void LoadWords(const void* from, std::uint32_t* words) {
#pragma unroll
  for (int k = 0; k < kWords / 4; ++k) {
    UnpackQuad(static_cast<const uint4*>(from)[k], words + 4 * k);
  }
}
template <int kWords>
__device__ inline void LoadWords(const void* from, std::uint32_t (&words)[kWords]) {
  LoadWords<kWords>(from, &words[0]);
}

template <int kWords>
__device__ inline void StoreWords(const std::uint32_t* words, void* to) {
#pragma unroll
  for (int k = 0; k < kWords / 4; ++k) {
    static_cast<uint4*>(to)[k] =
        make_uint4(words[4 * k], words[4 * k + 1], words[4 * k + 2], words[4 * k + 3]);
  }
}
template <int kWords>
__device__ inline void StoreWords(const std::uint32_t (&words)[kWords], void* to) {
  StoreWords<kWords>(&words[0], to);
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_LANE_MEMORY_CUH_
