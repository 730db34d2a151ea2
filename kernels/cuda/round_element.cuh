#ifndef ZEROD_KERNELS_CUDA_ROUND_ELEMENT_CUH_
#define ZEROD_KERNELS_CUDA_ROUND_ELEMENT_CUH_

#include "kernels/element_access.h"
#include "kernels/float_bits.h"

namespace zerod {

// The value that StoreElement followed by LoadElement gives.
__device__ inline float RoundElement(DType dtype, float value) {
  switch (dtype) {
    case DType::kBf16:
      return FloatOfBf16(Bf16OfFloat(value));
    case DType::kFp16:
      return FloatOfHalf(HalfOfFloat(value));
    case DType::kFp32:
      break;
  }
  return CanonicalizeNan(value);
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_ROUND_ELEMENT_CUH_
