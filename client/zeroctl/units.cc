#include "client/zeroctl/units.h"

#include <array>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace zerod {
namespace {

std::string Scaled(double value, double base, const std::array<const char*, 6>& units) {
  std::size_t unit = 0;
  // Halfway to what would round up to `base` itself.
  while (value >= base - 0.5 && unit + 1 < units.size()) {
    value /= base;
    ++unit;
  }
  if (unit == 0) return absl::StrCat(value, units[0]);
  const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return absl::StrFormat("%.*f%s", decimals, value, units[unit]);
}

}  // namespace

std::string HumanBytes(std::uint64_t bytes) {
  return Scaled(static_cast<double>(bytes), 1024, {" B", " KiB", " MiB", " GiB", " TiB", " PiB"});
}

std::string HumanCount(std::uint64_t count) {
  return Scaled(static_cast<double>(count), 1000, {"", " K", " M", " G", " T", " P"});
}

std::string HumanSeconds(double seconds) {
  if (!std::isfinite(seconds)) return HumanNumber(seconds);
  if (seconds >= 1) return absl::StrFormat("%.2f s", seconds);
  return absl::StrFormat("%.1f ms", seconds * 1e3);
}

std::string HumanUptime(double seconds) {
  if (!(seconds >= 0 && seconds < 1e15)) return "?";
  const auto whole = static_cast<std::uint64_t>(seconds);
  const std::uint64_t minutes = whole / 60;
  const std::uint64_t hours = minutes / 60;
  if (hours >= 24) return absl::StrFormat("%dd %dh", hours / 24, hours % 24);
  if (hours > 0) return absl::StrFormat("%dh %dm", hours, minutes % 60);
  return absl::StrFormat("%dm %ds", minutes, whole % 60);
}

std::string HumanShare(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "-";
  const double percent = 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  return absl::StrFormat("%.3g %%", percent);
}

std::string HumanNumber(double value) { return absl::StrFormat("%.4g", value); }

std::string HumanTime(double seconds_since_1970, absl::TimeZone zone) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%E3S",
                          absl::UnixEpoch() + absl::Seconds(seconds_since_1970), zone);
}

std::string Printable(absl::string_view text) {
  std::string printable(text);
  for (std::size_t i = 0; i < printable.size(); ++i) {
    const auto byte = static_cast<unsigned char>(printable[i]);
    // 0xc2 0x80 to 0xc2 0x9f are control characters as UTF-8.
    const bool is_c1 = byte >= 0x80 && byte < 0xa0 && i > 0 && printable[i - 1] == '\xc2';
    if (byte < 0x20 || byte == 0x7f || is_c1) printable[i] = '?';
    if (is_c1) printable[i - 1] = '?';
  }
  return printable;
}

}  // namespace zerod
