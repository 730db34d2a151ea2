#ifndef ZEROD_BASE_SAFETENSORS_HEADER_PARSER_H_
#define ZEROD_BASE_SAFETENSORS_HEADER_PARSER_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/safetensors/tensor_layout.h"

namespace zerod {

// The header of a file with `data_bytes` behind it; its tensors in the order of their bytes.
// Strict: every tensor has a dtype of StoredDType, a shape and data_offsets that fit each other and
// nothing else, no name comes twice, and each byte of the data belongs to exactly one tensor.
// kInvalidArgument names the tensor and what contradicts each other.
absl::StatusOr<SafetensorsHeader> ParseSafetensorsHeader(absl::string_view text,
                                                         std::uint64_t data_bytes);

}  // namespace zerod

#endif  // ZEROD_BASE_SAFETENSORS_HEADER_PARSER_H_
