#include "proto/utf8.h"

#include <cstddef>
#include <cstdint>

namespace zerod {
namespace {

struct LeadByte {
  std::size_t character_bytes;
  std::uint32_t bits;
  std::uint32_t smallest;  // code point that needs this many bytes
};

LeadByte Classify(std::uint8_t byte) {
  if (byte < 0x80) return {1, byte, 0};
  if (byte >= 0xc2 && byte < 0xe0) return {2, byte & 0x1fu, 0x80};
  if (byte >= 0xe0 && byte < 0xf0) return {3, byte & 0x0fu, 0x800};
  if (byte >= 0xf0 && byte < 0xf5) return {4, byte & 0x07u, 0x10000};
  return {0, 0, 0};
}

// Bytes of the character that `text` begins with; 0 when it begins with none (RFC 3629).
std::size_t CharacterBytes(absl::string_view text) {
  const LeadByte lead = Classify(static_cast<std::uint8_t>(text.front()));
  if (lead.character_bytes == 0 || lead.character_bytes > text.size()) return 0;
  std::uint32_t code_point = lead.bits;
  for (std::size_t i = 1; i < lead.character_bytes; ++i) {
    const auto byte = static_cast<std::uint8_t>(text[i]);
    if ((byte & 0xc0u) != 0x80u) return 0;
    code_point = code_point << 6 | (byte & 0x3fu);
  }
  const bool is_surrogate = code_point >= 0xd800 && code_point < 0xe000;
  if (code_point < lead.smallest || code_point > 0x10ffff || is_surrogate) return 0;
  return lead.character_bytes;
}

}  // namespace

bool IsUtf8(absl::string_view text) {
  while (!text.empty()) {
    const std::size_t bytes = CharacterBytes(text);
    if (bytes == 0) return false;
    text.remove_prefix(bytes);
  }
  return true;
}

std::string MendUtf8(absl::string_view text, std::size_t max_bytes) {
  std::string mended;
  while (!text.empty()) {
    const std::size_t bytes = CharacterBytes(text);
    const absl::string_view next = bytes == 0 ? "?" : text.substr(0, bytes);
    if (mended.size() + next.size() > max_bytes) break;
    mended.append(next.data(), next.size());
    text.remove_prefix(bytes == 0 ? 1 : bytes);
  }
  return mended;
}

}  // namespace zerod
