#ifndef ZEROD_SERVER_BYTE_COUNT_H_
#define ZEROD_SERVER_BYTE_COUNT_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace zerod {

// "4096", "512M", "8G", "1.5T": K, M, G and T are powers of 1,024. kInvalidArgument names the text.
absl::StatusOr<std::uint64_t> ParseByteCount(absl::string_view text);

}  // namespace zerod

#endif  // ZEROD_SERVER_BYTE_COUNT_H_
