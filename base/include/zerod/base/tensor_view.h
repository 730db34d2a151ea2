#ifndef ZEROD_BASE_TENSOR_VIEW_H_
#define ZEROD_BASE_TENSOR_VIEW_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "zerod/base/dtype.h"

namespace zerod {

// A dense tensor's elements in row-major order, owned by somebody else: read-only.
struct ConstTensorView {
  DType dtype = DType::kBf16;
  std::span<const std::byte> bytes;  // element count * DTypeBytes(dtype), aligned to the element

  static ConstTensorView Of(std::span<const float> values) {
    return {DType::kFp32, std::as_bytes(values)};
  }
  static ConstTensorView OfBf16(std::span<const std::uint16_t> values) {
    return {DType::kBf16, std::as_bytes(values)};
  }
  static ConstTensorView OfFp16(std::span<const std::uint16_t> values) {
    return {DType::kFp16, std::as_bytes(values)};
  }

  std::size_t element_count() const { return bytes.size() / DTypeBytes(dtype); }
  // The elements as bf16 or fp16 bit patterns, or as floats; null where the dtype is another.
  const std::uint16_t* bf16() const {
    return dtype == DType::kBf16 ? reinterpret_cast<const std::uint16_t*>(bytes.data()) : nullptr;
  }
  const std::uint16_t* fp16() const {
    return dtype == DType::kFp16 ? reinterpret_cast<const std::uint16_t*>(bytes.data()) : nullptr;
  }
  const float* fp32() const {
    return dtype == DType::kFp32 ? reinterpret_cast<const float*>(bytes.data()) : nullptr;
  }
};

// The same, writable.
struct TensorView {
  DType dtype = DType::kBf16;
  std::span<std::byte> bytes;

  std::size_t element_count() const { return bytes.size() / DTypeBytes(dtype); }
  std::uint16_t* bf16() const {
    return dtype == DType::kBf16 ? reinterpret_cast<std::uint16_t*>(bytes.data()) : nullptr;
  }
  std::uint16_t* fp16() const {
    return dtype == DType::kFp16 ? reinterpret_cast<std::uint16_t*>(bytes.data()) : nullptr;
  }
  float* fp32() const {
    return dtype == DType::kFp32 ? reinterpret_cast<float*>(bytes.data()) : nullptr;
  }
  // Implicit, as from a mutable span to a const one.
  // NOLINTNEXTLINE(google-explicit-constructor)
  operator ConstTensorView() const { return {dtype, bytes}; }
};

}  // namespace zerod

#endif  // ZEROD_BASE_TENSOR_VIEW_H_
