#ifndef ZEROD_PROTO_UTF8_H_
#define ZEROD_PROTO_UTF8_H_

#include <string>

#include "absl/strings/string_view.h"

namespace zerod {

// Protobuf refuses whole messages for one `string` field that is not UTF-8. So names are checked
// before they are sent, and free text (which may have been cut within a character) is mended.
bool IsUtf8(absl::string_view text);
// `text` with a '?' for every byte that is no part of a character; at most `max_bytes` long.
std::string MendUtf8(absl::string_view text, std::size_t max_bytes);

}  // namespace zerod

#endif  // ZEROD_PROTO_UTF8_H_
