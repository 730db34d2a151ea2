#ifndef ZEROD_KERNELS_CUDA_OCTET_CUH_
#define ZEROD_KERNELS_CUDA_OCTET_CUH_

#include <cstddef>
#include <cstdint>

#include "kernels/cuda/lane_memory.cuh"
#include "kernels/cuda/task_cursor.cuh"
#include "zerod/kernels/formats.h"

namespace zerod {

// Eight consecutive elements of a quant group, as a lane holds them: packed, as they lie in memory,
// in the first words of eight. Four lanes have a group, a warp eight groups.
inline constexpr int kOctet = 8;
inline constexpr std::uint32_t kGroupLanes = kQuantGroupElements / kOctet;
inline constexpr std::uint32_t kWarpGroups = kWarpLanes / kGroupLanes;

template <int kElementBytes>
inline constexpr int kOctetWords = kOctet* kElementBytes / 4;

// `words` has room for the octet that starts at `from`, 16 bytes aligned, or 8 for bytes.
template <int kElementBytes>
__device__ inline void LoadOctet(const std::byte* from, std::uint32_t* words) {
  if constexpr (kElementBytes == 1) {
    const auto pair = *reinterpret_cast<const std::uint64_t*>(from);
    words[0] = static_cast<std::uint32_t>(pair);
    words[1] = static_cast<std::uint32_t>(pair >> 32);
  } else {
    LoadWords<kOctetWords<kElementBytes>>(from, words);
  }
}

template <int kElementBytes>
__device__ inline void StoreOctet(const std::uint32_t* words, std::byte* to) {
  if constexpr (kElementBytes == 1) {
    *reinterpret_cast<std::uint64_t*>(to) = static_cast<std::uint64_t>(words[1]) << 32 | words[0];
  } else {
    StoreWords<kOctetWords<kElementBytes>>(words, to);
  }
}

// Element k of packed ones, widened with zeros.
template <int kElementBytes>
__device__ inline std::uint32_t ElementAt(const std::uint32_t* words, int k) {
  constexpr int kPerWord = 4 / kElementBytes;
  if constexpr (kElementBytes == 4) return words[k];
  constexpr std::uint32_t kMask = kElementBytes == 1 ? 0xff : 0xffff;
  return words[k / kPerWord] >> (8 * kElementBytes * (k % kPerWord)) & kMask;
}

// Packs element k; elements come in order.
template <int kElementBytes>
__device__ inline void SetElement(int k, std::uint32_t bits, std::uint32_t* words) {
  constexpr int kPerWord = 4 / kElementBytes;
  if (k % kPerWord == 0) {
    words[k / kPerWord] = bits;
  } else {
    words[k / kPerWord] |= bits << (8 * kElementBytes * (k % kPerWord));
  }
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_OCTET_CUH_
