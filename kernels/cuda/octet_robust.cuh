#ifndef ZEROD_KERNELS_CUDA_OCTET_ROBUST_CUH_
#define ZEROD_KERNELS_CUDA_OCTET_ROBUST_CUH_

#include <cmath>
#include <cstdint>

#include "kernels/codec_robust.h"
#include "kernels/cuda/lane_words.h"
#include "kernels/cuda/octet.cuh"
#include "kernels/cuda/robust_pairs.h"
#include "kernels/cuda/seeded_float.h"
#include "kernels/float_ops.h"

namespace zerod {

// RobustCodec's codes of an octet, in fixed point with two elements to a word. `hashes` are of
// neighbours.

// Numbers that kFixedOrigin has been added to, clamped to [1, 255].
__device__ inline std::uint32_t FixedPair(float even, float odd) {
  return ClampPair(PermuteBytes(BitsOf(even), BitsOf(odd), 0x5410));
}

// The upper bytes of four halves.
__device__ inline std::uint32_t UpperBytes(std::uint32_t first, std::uint32_t second) {
  return PermuteBytes(first, second, 0x7531);
}

// None of the group's |m| is above kRobustLimit. `codes` holds the old ones.
__device__ __forceinline__ void EncodeRobustM(const float (&m)[kOctet], float unit,
                                              const std::uint32_t (&hashes)[kOctet / 2],
                                              std::uint32_t (&codes)[2]) {
#pragma unroll
  for (int word = 0; word < 2; ++word) {
    const std::uint32_t old_word = codes[word] ^ kSignsOfBytes;
    std::uint32_t pairs[2];
#pragma unroll
    for (int pair = 0; pair < 2; ++pair) {
      float shifted[2];
      std::uint32_t addends[2];
#pragma unroll
      for (int side = 0; side < 2; ++side) {
        const int j = 2 * pair + side;
        const float value = m[4 * word + j];
        const float divisor = FusedMultiplyAdd(Absolute(value), RobustCodec::kInverse254, unit);
        shifted[side] = FusedMultiplyAdd(value, Reciprocal(divisor), kFixedOrigin + 128.0f);
        // The old code where the new one has its bits. Within half of it nearest rounding gives it
        // again, and then the hashed byte decides. Where a code is clamped they agree.
        const std::uint32_t old =
            PermuteBytes(old_word, 0, 0x4404u | static_cast<std::uint32_t>(j) << 4);
        const bool stays = BitsOf(shifted[side]) - old - (kFixedOriginBits - 0x80u) < 256u;
        addends[side] =
            stays ? PermuteBytes(hashes[2 * word + pair], 0, side == 0 ? 0x4441 : 0x4443) : 0x80u;
      }
      pairs[pair] =
          FixedPair(shifted[0], shifted[1]) + PermuteBytes(addends[0], addends[1], 0x5410);
    }
    codes[word] = UpperBytes(pairs[0], pairs[1]) ^ kSignsOfBytes;
  }
}

// Zeros have code 0. Returns how many are at the floor.
__device__ __forceinline__ std::uint32_t FinishRobustV(const float (&roots)[kOctet],
                                                       std::uint32_t (&codes)[2]) {
  std::uint32_t floor_count = 0;
#pragma unroll
  for (int k = 0; k < kOctet; ++k) {
    if (ElementAt<1>(codes, k) != RobustCodec::kVFloor) continue;
    if (roots[k] > 0.0f) {
      ++floor_count;
    } else {
      codes[k / 4] ^= static_cast<std::uint32_t>(RobustCodec::kVFloor) << (8 * (k % 4));
    }
  }
  return floor_count;
}

// None of the group's roots is above kRobustLimit. Returns how many codes are at the floor.
__device__ __forceinline__ std::uint32_t EncodeRobustV(const float (&roots)[kOctet], float unit,
                                                       const std::uint32_t (&hashes)[kOctet / 2],
                                                       std::uint32_t (&codes)[2]) {
  constexpr float kLeast = 0x1p-100f;  // has a Root; that, like any smaller one, adds nothing
#pragma unroll
  for (int word = 0; word < 2; ++word) {
    std::uint32_t pairs[2];
#pragma unroll
    for (int pair = 0; pair < 2; ++pair) {
      float shifted[2];
#pragma unroll
      for (int side = 0; side < 2; ++side) {
        const float square = Multiply(roots[4 * word + 2 * pair + side], unit);
        shifted[side] = Add(Root(fmaxf(square, kLeast)), kFixedOrigin);
      }
      pairs[pair] = FixedPair(shifted[0], shifted[1]) + (hashes[2 * word + pair] & 0x00ff00ffu);
    }
    codes[word] = UpperBytes(pairs[0], pairs[1]);
  }
  const std::uint32_t ones =
      ((codes[0] - 0x02020202u) & ~codes[0]) | ((codes[1] - 0x02020202u) & ~codes[1]);
  return (ones & kSignsOfBytes) == 0 ? 0 : FinishRobustV(roots, codes);
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_OCTET_ROBUST_CUH_
