#include "zerod/base/dtype.h"

#include "absl/strings/str_cat.h"

namespace zerod {

absl::string_view DTypeName(DType dtype) {
  switch (dtype) {
    case DType::kBf16:
      return "bf16";
    case DType::kFp32:
      return "fp32";
    case DType::kFp16:
      return "fp16";
  }
  return "unknown dtype";
}

absl::StatusOr<DType> ParseDType(absl::string_view text) {
  for (DType dtype : {DType::kBf16, DType::kFp32, DType::kFp16}) {
    if (text == DTypeName(dtype)) return dtype;
  }
  return absl::InvalidArgumentError(absl::StrCat("dtype '", text, "' is not bf16, fp32 or fp16"));
}

}  // namespace zerod
