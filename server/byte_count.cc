#include "server/byte_count.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace zerod {

absl::StatusOr<std::uint64_t> ParseByteCount(absl::string_view text) {
  const absl::Status bad = absl::InvalidArgumentError(absl::StrCat(
      "'", text, "' is not a number of bytes; write e.g. 4096, 512M or 8G (K, M, G, T)"));
  absl::string_view number = text;
  double unit = 1;
  if (!number.empty()) {
    const std::size_t power = absl::string_view("KMGT").find(number.back());
    if (power != absl::string_view::npos) {
      unit = std::ldexp(1.0, 10 * static_cast<int>(power + 1));
      number.remove_suffix(1);
    }
  }
  // Others accept spaces, signs, exponents and "nan".
  const bool is_plain = std::ranges::all_of(number, [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '.';
  });
  if (!is_plain) return bad;
  // Whole numbers are taken as they are: binary64 would round large ones.
  std::uint64_t whole = 0;
  if (unit == 1) {
    if (!absl::SimpleAtoi(number, &whole)) return bad;
    return whole;
  }
  double value = 0;
  if (!absl::SimpleAtod(number, &value) || value * unit >= 0x1p63) return bad;
  return static_cast<std::uint64_t>(value * unit);
}

}  // namespace zerod
