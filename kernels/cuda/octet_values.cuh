#ifndef ZEROD_KERNELS_CUDA_OCTET_VALUES_CUH_
#define ZEROD_KERNELS_CUDA_OCTET_VALUES_CUH_

#include <cstdint>

#include "kernels/cuda/lane_words.h"
#include "kernels/cuda/octet.cuh"
#include "kernels/float_bits.h"
#include "kernels/half.h"
#include "zerod/base/dtype.h"

namespace zerod {

// Octets of any dtype as binary32 numbers.

template <DType kDType>
inline constexpr int kBytesOf = kDType == DType::kFp32 ? 4 : 2;
template <DType kDType>
inline constexpr int kWordsOf = kOctetWords<kBytesOf<kDType>>;

// Calls `visit` as visit.template operator()<kDType>().
template <typename Visit>
__device__ __forceinline__ void VisitDType(DType dtype, const Visit& visit) {
  switch (dtype) {
    case DType::kBf16:
      return visit.template operator()<DType::kBf16>();
    case DType::kFp16:
      return visit.template operator()<DType::kFp16>();
    case DType::kFp32:
      return visit.template operator()<DType::kFp32>();
  }
}

template <DType kDType>
__device__ __forceinline__ void WidenOctet(const std::uint32_t (&words)[kOctet],
                                           float (&values)[kOctet]) {
#pragma unroll
  for (int k = 0; k < kOctet; ++k) {
    if constexpr (kDType == DType::kBf16) {
      const FloatPair pair = FloatsOfBf16s(words[k / 2]);
      values[k] = k % 2 == 0 ? pair.low : pair.high;
    } else if constexpr (kDType == DType::kFp16) {
      values[k] = FloatOfHalf(static_cast<std::uint16_t>(ElementAt<2>(words, k)));
    } else {
      values[k] = FloatOf(words[k]);
    }
  }
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_OCTET_VALUES_CUH_
