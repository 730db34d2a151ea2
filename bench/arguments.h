#ifndef ZEROD_BENCH_ARGUMENTS_H_
#define ZEROD_BENCH_ARGUMENTS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace zerod::bench {

// A count with an optional binary suffix: "64M" is 64 * 2^20. kInvalidArgument names `argument` and
// the text.
absl::StatusOr<std::uint64_t> ParseCount(absl::string_view argument, absl::string_view text);

// The same, and at most `limit`.
absl::StatusOr<int> ParseSmallCount(absl::string_view argument, absl::string_view text, int limit);

// `status` with `argument` in front of its message.
absl::Status Named(absl::string_view argument, const absl::Status& status);

}  // namespace zerod::bench

#endif  // ZEROD_BENCH_ARGUMENTS_H_
