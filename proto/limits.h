#ifndef ZEROD_PROTO_LIMITS_H_
#define ZEROD_PROTO_LIMITS_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace zerod {

// What a peer can make the other side take. Both sides of every channel allow messages of
// kMaxRpcBytes; the rest is checked by the conversions.
inline constexpr int kMaxRpcBytes = 64 << 20;
// How often a client asks over TCP, during a call, whether its daemon's host is still there; and
// how often a daemon lets itself be asked before it closes the connection.
inline constexpr int kKeepaliveMs = 30'000;
inline constexpr int kShortestPingIntervalMs = 10'000;
static_assert(kShortestPingIntervalMs < kKeepaliveMs);
inline constexpr std::size_t kMaxTokenBytes = 256;
inline constexpr std::size_t kValueChunkBytes = std::size_t{1} << 20;  // of one InitialValues
// Of a status message or an abort's reason. gRPC sends them percent-encoded, at three bytes a byte,
// and refuses headers beyond 8 KiB.
inline constexpr std::size_t kMaxMessageBytes = 2048;

inline constexpr std::size_t kMaxParameters = std::size_t{1} << 18;
inline constexpr std::size_t kMaxDimensions = 32;
inline constexpr std::size_t kMaxGroups = 1024;
// Every pattern is tried on every parameter: what that may come to, patterns times parameters.
inline constexpr std::uint64_t kMaxPatternTrials = std::uint64_t{1} << 24;
inline constexpr std::size_t kMaxRanks = std::size_t{1} << 16;

// kInvalidArgument: too long, or not UTF-8, which no message can carry. An empty token is one.
absl::Status CheckToken(absl::string_view token);
// The same of what names a job and opens it, before both are sent.
absl::Status CheckJobKey(absl::string_view job, absl::string_view token);

}  // namespace zerod

#endif  // ZEROD_PROTO_LIMITS_H_
