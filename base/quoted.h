#ifndef ZEROD_BASE_QUOTED_H_
#define ZEROD_BASE_QUOTED_H_

#include <span>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace zerod {

// A name that somebody else has chosen, for messages: 'name', with control characters escaped, and
// what is beyond 200 bytes left out.
std::string Quoted(absl::string_view name);

// "'a', 'b' and 3 more": at most 20 of them in full.
std::string QuotedList(std::span<const std::string> names);

}  // namespace zerod

#endif  // ZEROD_BASE_QUOTED_H_
