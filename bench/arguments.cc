#include "bench/arguments.h"

#include <limits>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace zerod::bench {

absl::StatusOr<std::uint64_t> ParseCount(absl::string_view argument, absl::string_view text) {
  absl::string_view digits = text;
  int shift = 0;
  if (!digits.empty()) {
    switch (digits.back()) {
      case 'K':
        shift = 10;
        break;
      case 'M':
        shift = 20;
        break;
      case 'G':
        shift = 30;
        break;
    }
  }
  if (shift != 0) digits.remove_suffix(1);
  std::uint64_t count = 0;
  if (!absl::SimpleAtoi(digits, &count) || count == 0 ||
      count > std::numeric_limits<std::uint64_t>::max() >> shift) {
    return absl::InvalidArgumentError(absl::StrCat(
        argument, " '", text,
        "' is not a positive number, with K, M or G (2^10, 2^20, 2^30) after it at will"));
  }
  return count << shift;
}

absl::StatusOr<int> ParseSmallCount(absl::string_view argument, absl::string_view text, int limit) {
  ZEROD_ASSIGN_OR_RETURN(const std::uint64_t count, ParseCount(argument, text));
  if (count > static_cast<std::uint64_t>(limit)) {
    return absl::InvalidArgumentError(absl::StrCat(argument, " ", text, " is over ", limit));
  }
  return static_cast<int>(count);
}

absl::Status Named(absl::string_view argument, const absl::Status& status) {
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat(argument, ": ", status.message()));
}

}  // namespace zerod::bench
