#ifndef ZEROD_KERNELS_ELEMENT_ACCESS_H_
#define ZEROD_KERNELS_ELEMENT_ACCESS_H_

#include <cstddef>
#include <cstdint>

#include "kernels/bf16.h"
#include "kernels/half.h"
#include "kernels/host_device.h"
#include "zerod/base/dtype.h"

namespace zerod {

// One element of a buffer, whatever its format.

template <typename T>
ZEROD_HOST_DEVICE T* ElementsOf(std::byte* bytes) {
  return reinterpret_cast<T*>(bytes);
}
template <typename T>
ZEROD_HOST_DEVICE const T* ElementsOf(const std::byte* bytes) {
  return reinterpret_cast<const T*>(bytes);
}

ZEROD_HOST_DEVICE inline float LoadElement(DType dtype, const std::byte* bytes, std::uint64_t i) {
  switch (dtype) {
    case DType::kBf16:
      return FloatOfBf16(ElementsOf<std::uint16_t>(bytes)[i]);
    case DType::kFp16:
      return FloatOfHalf(ElementsOf<std::uint16_t>(bytes)[i]);
    case DType::kFp32:
      break;
  }
  return ElementsOf<float>(bytes)[i];
}

// To nearest even; NaNs are stored as the canonical one.
ZEROD_HOST_DEVICE inline void StoreElement(DType dtype, float value, std::byte* bytes,
                                           std::uint64_t i) {
  switch (dtype) {
    case DType::kBf16:
      ElementsOf<std::uint16_t>(bytes)[i] = Bf16OfFloat(value);
      return;
    case DType::kFp16:
      ElementsOf<std::uint16_t>(bytes)[i] = HalfOfFloat(value);
      return;
    case DType::kFp32:
      break;
  }
  ElementsOf<float>(bytes)[i] = CanonicalizeNan(value);
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_ELEMENT_ACCESS_H_
