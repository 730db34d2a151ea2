#ifndef ZEROD_BASE_SAFETENSORS_HEADER_TEXT_H_
#define ZEROD_BASE_SAFETENSORS_HEADER_TEXT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/safetensors/tensor_layout.h"

namespace zerod {

// Gives each tensor its range, one behind the other; returns the bytes of all. kInvalidArgument
// names a tensor that is too large to be counted.
absl::StatusOr<std::uint64_t> PlaceTensors(std::vector<StoredTensor>& tensors);

// All that stands before the data: the length and the header, padded with spaces to a multiple of
// eight bytes. kInvalidArgument names a name that is taken twice, reserved, or not UTF-8, or the
// length when it is beyond what readers take.
absl::StatusOr<std::string> SafetensorsHeaderText(const SafetensorsHeader& header);

// A JSON string, with its quotes. kInvalidArgument: `text` is not UTF-8.
absl::StatusOr<std::string> JsonText(absl::string_view text);

}  // namespace zerod

#endif  // ZEROD_BASE_SAFETENSORS_HEADER_TEXT_H_
