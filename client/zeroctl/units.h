#ifndef ZEROD_CLIENT_ZEROCTL_UNITS_H_
#define ZEROD_CLIENT_ZEROCTL_UNITS_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace zerod {

// For people; three significant digits or so.
std::string HumanBytes(std::uint64_t bytes);                      // "0 B", "1.50 GiB"
std::string HumanCount(std::uint64_t count);                      // "999", "124 M"
std::string HumanSeconds(double seconds);                         // "0.5 ms", "1.25 s"
std::string HumanUptime(double seconds);                          // "3d 4h", "12m 5s"
std::string HumanShare(std::uint64_t part, std::uint64_t whole);  // "12.5 %", "-" of nothing
std::string HumanNumber(double value);                            // "0.8312", "nan"
std::string HumanTime(double seconds_since_1970, absl::TimeZone zone);

// `text` without what would command a terminal: names and messages come from others.
std::string Printable(absl::string_view text);

}  // namespace zerod

#endif  // ZEROD_CLIENT_ZEROCTL_UNITS_H_
