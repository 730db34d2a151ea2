#ifndef ZEROD_KERNELS_CUDA_REDUCE_WORDS_CUH_
#define ZEROD_KERNELS_CUDA_REDUCE_WORDS_CUH_

#include <cstddef>
#include <cstdint>

#include "kernels/cuda/lane_memory.cuh"
#include "kernels/cuda/lane_words.h"
#include "kernels/cuda/octet_values.cuh"
#include "kernels/element_access.h"
#include "kernels/float_ops.h"

#if defined(__CUDACC__)
#include <cuda_fp16.h>
#endif

namespace zerod {

// A lane's eight values of a line in the words that memory holds them in. What NaN a NaN becomes
// here is not said.

// Of contributions, aligned to 16 bytes: nobody reads them again.
template <int kWords>
__device__ inline void LoadOnce(const std::byte* from, std::uint32_t (&words)[kWords]) {
#if defined(__CUDA_ARCH__)
#pragma unroll
  for (int k = 0; k < kWords / 4; ++k) {
    UnpackQuad(__ldcs(reinterpret_cast<const uint4*>(from) + k), words + 4 * k);
  }
#else
  LoadWords(from, words);
#endif
}

// Like WidenOctet for fp16, but in one instruction for two. That in other kernels' loops would take
// registers which they have not.
__device__ inline FloatPair FloatsOfHalves(std::uint32_t word) {
#if defined(__CUDA_ARCH__)
  const float2 pair = __half22float2(reinterpret_cast<const __half2&>(word));
  return {pair.x, pair.y};
#else
  return {FloatOfHalf(static_cast<std::uint16_t>(word)),
          FloatOfHalf(static_cast<std::uint16_t>(word >> 16))};
#endif
}

// Adds the values to the sums, or is the first to.
template <DType kDType, bool kIsFirst = false>
__device__ inline void AddLane(const std::uint32_t (&words)[kWordsOf<kDType>],
                               float (&sums)[kOctet]) {
#pragma unroll
  for (int k = 0; k < kWordsOf<kDType>; ++k) {
    if constexpr (kDType == DType::kFp32) {
      sums[k] = kIsFirst ? FloatOf(words[k]) : Add(sums[k], FloatOf(words[k]));
    } else {
      const FloatPair pair =
          kDType == DType::kBf16 ? FloatsOfBf16s(words[k]) : FloatsOfHalves(words[k]);
      sums[2 * k] = kIsFirst ? pair.low : Add(sums[2 * k], pair.low);
      sums[2 * k + 1] = kIsFirst ? pair.high : Add(sums[2 * k + 1], pair.high);
    }
  }
}

// Stores what is rounded to nearest even; `values` becomes that, widened.
template <DType kReduced>
__device__ inline void StoreLane(float (&values)[kOctet], std::byte* to) {
  std::uint32_t words[kWordsOf<kReduced>];
#pragma unroll
  for (int k = 0; k < kWordsOf<kReduced>; ++k) {
    if constexpr (kReduced == DType::kFp32) {
      words[k] = BitsOf(values[k]);
    } else {
      static_assert(kReduced == DType::kBf16);
      words[k] = PackBf16s(values[2 * k], values[2 * k + 1]);
      const FloatPair pair = FloatsOfBf16s(words[k]);
      values[2 * k] = pair.low;
      values[2 * k + 1] = pair.high;
    }
  }
  StoreWords(words, to);
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_REDUCE_WORDS_CUH_
