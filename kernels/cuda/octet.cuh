#ifndef ZEROD_KERNELS_CUDA_OCTET_CUH_
#define ZEROD_KERNELS_CUDA_OCTET_CUH_

#include <cstddef>
#include <cstdint>

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

// Whether octets that start there can be read and written whole.
__device__ inline bool HasWholeOctets(const std::byte* start) {
  return reinterpret_cast<std::uintptr_t>(start) % 16 == 0;
}

// `words` has room for the octet that starts at `from`, 16 bytes aligned, or 8 for bytes.
template <int kElementBytes>
__device__ inline void LoadOctet(const std::byte* from, std::uint32_t* words) {
  if constexpr (kElementBytes == 1) {
    const auto pair = *reinterpret_cast<const std::uint64_t*>(from);
    words[0] = static_cast<std::uint32_t>(pair);
    words[1] = static_cast<std::uint32_t>(pair >> 32);
  } else {
#pragma unroll
    for (int i = 0; i < kOctetWords<kElementBytes>; i += 4) {
      const uint4 quad = reinterpret_cast<const uint4*>(from)[i / 4];
      words[i] = quad.x;
      words[i + 1] = quad.y;
      words[i + 2] = quad.z;
      words[i + 3] = quad.w;
    }
  }
}

template <int kElementBytes>
__device__ inline void StoreOctet(const std::uint32_t* words, std::byte* to) {
  if constexpr (kElementBytes == 1) {
    *reinterpret_cast<std::uint64_t*>(to) = static_cast<std::uint64_t>(words[1]) << 32 | words[0];
  } else {
#pragma unroll
    for (int i = 0; i < kOctetWords<kElementBytes>; i += 4) {
      reinterpret_cast<uint4*>(to)[i / 4] =
          make_uint4(words[i], words[i + 1], words[i + 2], words[i + 3]);
    }
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
