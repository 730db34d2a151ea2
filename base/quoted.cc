#include "base/quoted.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace zerod {
namespace {

constexpr std::size_t kMaxBytes = 200;
constexpr std::size_t kMaxNames = 20;

bool IsWithinCharacter(char byte) { return (static_cast<unsigned char>(byte) & 0xc0u) == 0x80u; }

}  // namespace

std::string Quoted(absl::string_view name) {
  if (name.size() <= kMaxBytes) return absl::StrCat("'", absl::Utf8SafeCHexEscape(name), "'");
  std::size_t end = kMaxBytes;
  while (end > 0 && IsWithinCharacter(name[end])) --end;
  return absl::StrCat("'", absl::Utf8SafeCHexEscape(name.substr(0, end)), "...'");
}

std::string QuotedList(std::span<const std::string> names) {
  const std::size_t shown = names.size() <= kMaxNames ? names.size() : kMaxNames;
  std::string text = absl::StrJoin(
      names.first(shown), ", ",
      [](std::string* out, const std::string& name) { absl::StrAppend(out, Quoted(name)); });
  if (shown < names.size()) absl::StrAppend(&text, " and ", names.size() - shown, " more");
  return text;
}

}  // namespace zerod
