#ifndef ZEROD_BASE_DTYPE_H_
#define ZEROD_BASE_DTYPE_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace zerod {

// Element type of a parameter and of its gradient. The numeric values are persisted and sent: never
// renumber.
enum class DType : std::uint8_t {
  kBf16 = 1,  // bfloat16: the high half of a binary32; in memory as std::uint16_t
  kFp32 = 2,  // IEEE 754 binary32; in memory as float
  kFp16 = 3,  // IEEE 754 binary16; in memory as std::uint16_t
};

// Bytes of one element.
constexpr std::size_t DTypeBytes(DType dtype) { return dtype == DType::kFp32 ? 4 : 2; }

// "bf16", "fp32" or "fp16".
absl::string_view DTypeName(DType dtype);

// The inverse of DTypeName. kInvalidArgument names the text that is none of them.
absl::StatusOr<DType> ParseDType(absl::string_view text);

}  // namespace zerod

#endif  // ZEROD_BASE_DTYPE_H_
