#ifndef ZEROD_PROTO_PROTOCOL_VERSION_H_
#define ZEROD_PROTO_PROTOCOL_VERSION_H_

#include <algorithm>
#include <cstdint>
#include <optional>

namespace zerod {

// The protocol versions that this build speaks. A version is the whole of the messages, control
// pages and handshake; a field that the other side may ignore needs no new one.
inline constexpr std::uint32_t kOldestProtocol = 2;
inline constexpr std::uint32_t kNewestProtocol = 2;

// The newest version in both [oldest, newest] and what this build speaks; nothing when there is
// none.
constexpr std::optional<std::uint32_t> CommonProtocol(std::uint32_t oldest, std::uint32_t newest) {
  const std::uint32_t version = std::min(newest, kNewestProtocol);
  if (version < std::max(oldest, kOldestProtocol)) return std::nullopt;
  return version;
}

}  // namespace zerod

#endif  // ZEROD_PROTO_PROTOCOL_VERSION_H_
