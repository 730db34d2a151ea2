#include "base/safetensors/tensor_layout.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/quoted.h"

namespace zerod {
namespace {

constexpr std::array kAll = {StoredDType::kBf16, StoredDType::kF16, StoredDType::kF32,
                             StoredDType::kU8,   StoredDType::kI8,  StoredDType::kU16};

}  // namespace

std::size_t StoredDTypeBytes(StoredDType dtype) {
  switch (dtype) {
    case StoredDType::kU8:
    case StoredDType::kI8:
      return 1;
    case StoredDType::kBf16:
    case StoredDType::kF16:
    case StoredDType::kU16:
      return 2;
    case StoredDType::kF32:
      return 4;
  }
  return 0;
}

absl::string_view StoredDTypeName(StoredDType dtype) {
  switch (dtype) {
    case StoredDType::kBf16:
      return "BF16";
    case StoredDType::kF16:
      return "F16";
    case StoredDType::kF32:
      return "F32";
    case StoredDType::kU8:
      return "U8";
    case StoredDType::kI8:
      return "I8";
    case StoredDType::kU16:
      return "U16";
  }
  return "unknown dtype";
}

std::optional<StoredDType> FindStoredDType(absl::string_view name) {
  for (const StoredDType dtype : kAll) {
    if (name == StoredDTypeName(dtype)) return dtype;
  }
  return std::nullopt;
}

StoredDType StoredAs(DType dtype) {
  switch (dtype) {
    case DType::kBf16:
      return StoredDType::kBf16;
    case DType::kFp16:
      return StoredDType::kF16;
    case DType::kFp32:
      break;
  }
  return StoredDType::kF32;
}

std::optional<DType> WeightDType(StoredDType dtype) {
  switch (dtype) {
    case StoredDType::kBf16:
      return DType::kBf16;
    case StoredDType::kF16:
      return DType::kFp16;
    case StoredDType::kF32:
      return DType::kFp32;
    case StoredDType::kU8:
    case StoredDType::kI8:
    case StoredDType::kU16:
      break;
  }
  return std::nullopt;
}

absl::StatusOr<std::uint64_t> SizeBytes(const StoredTensor& tensor) {
  std::uint64_t bytes = StoredDTypeBytes(tensor.dtype);
  bool overflows = false;
  bool is_empty = false;
  for (const std::uint64_t extent : tensor.shape) {
    is_empty |= extent == 0;
    overflows |= __builtin_mul_overflow(bytes, extent, &bytes);
  }
  // Whatever the other extents are.
  if (is_empty) return 0;
  if (!overflows) return bytes;
  return absl::InvalidArgumentError(absl::StrCat("tensor ", Quoted(tensor.name), " is ",
                                                 Describe(tensor),
                                                 ", which is more than 64 bits can count"));
}

std::string Describe(const StoredTensor& tensor) {
  return absl::StrCat(StoredDTypeName(tensor.dtype), " [", absl::StrJoin(tensor.shape, ", "), "]");
}

}  // namespace zerod
