#ifndef ZEROD_BASE_OPTION_FILE_H_
#define ZEROD_BASE_OPTION_FILE_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace zerod {

inline constexpr std::size_t kMaxOptionFileBytes = std::size_t{1} << 20;

// All of the file that `option` names, such as a certificate. kInvalidArgument names option, path
// and why: the system's word, or that the file is empty or larger than kMaxOptionFileBytes.
absl::StatusOr<std::string> ReadOptionFile(absl::string_view option, const std::string& path);

}  // namespace zerod

#endif  // ZEROD_BASE_OPTION_FILE_H_
