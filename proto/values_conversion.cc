#include "absl/strings/str_cat.h"
#include "proto/convert.h"

namespace zerod {

absl::StatusOr<InitialValuesPart> FromProto(const v1::InitialValues& message,
                                            const JobLayout& layout) {
  if (message.parameter() >= layout.table.parameters().size()) {
    return absl::InvalidArgumentError(absl::StrCat("initial values are for parameter ",
                                                   message.parameter(), "; job '", layout.spec.name,
                                                   "' has ", layout.table.parameters().size()));
  }
  const Parameter& parameter = layout.table.parameters()[message.parameter()];
  const std::string owner =
      absl::StrCat("the initial values of parameter '", parameter.spec.name, "'");
  if (message.dtype() < v1::DTYPE_BF16 || message.dtype() > v1::DType_MAX) {
    return absl::InvalidArgumentError(absl::StrCat(owner, " have the dtype ",
                                                   static_cast<int>(message.dtype()),
                                                   ", which is not bf16, fp16 or fp32"));
  }
  const auto dtype = static_cast<DType>(message.dtype());
  if (message.values().size() % DTypeBytes(dtype) != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(owner, " come in a message of ", message.values().size(),
                     " bytes, which are no whole elements of ", DTypeName(dtype)));
  }
  const std::uint64_t count = message.values().size() / DTypeBytes(dtype);
  if (message.first() > parameter.element_count ||
      count > parameter.element_count - message.first()) {
    return absl::InvalidArgumentError(absl::StrCat(owner, " have ", count, " elements from ",
                                                   message.first(), " on; the parameter has ",
                                                   parameter.element_count));
  }
  return InitialValuesPart{.parameter = message.parameter(),
                           .first = message.first(),
                           .values = {dtype, std::as_bytes(std::span(message.values().data(),
                                                                     message.values().size()))}};
}

}  // namespace zerod
