#ifndef ZEROD_IPC_HANDSHAKE_H_
#define ZEROD_IPC_HANDSHAKE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ipc/file_descriptor.h"

namespace zerod {

// How a trainer gets the descriptors of its arenas: over a Unix socket of their own (SEQPACKET),
// since gRPC can't carry them. The trainer sends the one-time ticket that its Attach RPC was
// answered with; the daemon sends a status and, when that is OK, the descriptors. The socket stays
// open for as long as the attachment lasts: its end tells either side that the other is gone.
// docs/handshake.md describes the protocol.
inline constexpr std::uint32_t kHandshakeVersion = 1;
inline constexpr std::size_t kTicketBytes = 32;
inline constexpr std::size_t kMaxDescriptors = 8;

using Ticket = std::array<std::byte, kTicketBytes>;

Ticket RandomTicket();
std::string TicketToText(const Ticket& ticket);  // as it travels in the RPC
// kInvalidArgument: not a ticket.
absl::StatusOr<Ticket> TicketFromText(absl::string_view text);

// A trainer's end.
struct Claim {
  FileDescriptor socket;                    // readable, with end of file, once the daemon is gone
  std::vector<FileDescriptor> descriptors;  // in the order in which they were offered
};
// kUnavailable names `path` when nobody answers there; kDeadlineExceeded; kFailedPrecondition when
// what answers is not zerod or has another version; else what the daemon refused with, e.g.
// kPermissionDenied for a wrong ticket or another user.
absl::StatusOr<Claim> ClaimDescriptors(const std::string& path, const Ticket& ticket,
                                       absl::Time deadline);

// OK while the daemon's end of `socket` is open, else kUnavailable.
absl::Status CheckAlive(const FileDescriptor& socket);

// The messages, as bytes; exposed for tests and fuzzing.
std::vector<std::byte> EncodeHandshakeRequest(const Ticket& ticket);
absl::StatusOr<Ticket> DecodeHandshakeRequest(std::span<const std::byte> bytes);
struct HandshakeReply {
  absl::Status status;
  std::uint32_t descriptor_count = 0;
};
std::vector<std::byte> EncodeHandshakeReply(const HandshakeReply& reply);
absl::StatusOr<HandshakeReply> DecodeHandshakeReply(std::span<const std::byte> bytes);

}  // namespace zerod

#endif  // ZEROD_IPC_HANDSHAKE_H_
