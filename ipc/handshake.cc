#include "ipc/handshake.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/status_macros.h"
#include "ipc/handshake_claim.h"
#include "ipc/handshake_limits.h"
#include "ipc/local_address.h"
#include "ipc/packet.h"
#include "ipc/steady_deadline.h"
#include "ipc/system_error.h"

namespace zerod {
namespace {

absl::Status ConnectError(const std::string& path, int error_number) {
  switch (error_number) {
    case EACCES:
    case EPERM:
      return SystemError(absl::StatusCode::kPermissionDenied, error_number,
                         absl::StrCat(path, ": its file mode does not let uid ", geteuid(), " in"));
    case EPROTOTYPE:
      return absl::FailedPreconditionError(
          absl::StrCat(path, ": a socket of another kind, not one of zerod's for handshakes"));
    default:
      return SystemError(
          absl::StatusCode::kUnavailable, error_number,
          absl::StrCat(path, ": nobody answers there; is the daemon running, on this host?"));
  }
}

absl::StatusOr<FileDescriptor> Connect(const std::string& path, absl::Duration deadline) {
  ZEROD_ASSIGN_OR_RETURN(const sockaddr_un address, LocalAddress(path));
  ZEROD_ASSIGN_OR_RETURN(FileDescriptor socket, NewLocalSocket());
  for (;;) {
    const int error_number = ConnectTo(socket, address);
    if (error_number == 0) return socket;
    if (error_number != EAGAIN) return ConnectError(path, error_number);
    if (SteadyNow() >= deadline) {
      return absl::DeadlineExceededError(
          absl::StrCat(path, ": too many others wait for the daemon to take their connections"));
    }
    // A full queue can't be polled for.
    absl::SleepFor(std::min(absl::Milliseconds(5), deadline - SteadyNow()));
  }
}

absl::StatusOr<Packet> AwaitReply(const FileDescriptor& socket, const std::string& path,
                                  absl::Duration deadline) {
  for (;;) {
    auto packet = ReceivePacket(socket, kMaxReplyBytes + 1, kMaxDescriptors);
    if (!packet.ok()) {
      return absl::UnavailableError(absl::StrCat(
          path, ": the daemon ended the handshake without a reply: ", packet.status().message()));
    }
    if (packet->has_value()) return **std::move(packet);
    if (SteadyNow() >= deadline) {
      return absl::DeadlineExceededError(
          absl::StrCat(path, ": who listens there did not reply in time; is it stuck?"));
    }
    pollfd readable = {.fd = socket.number(), .events = POLLIN, .revents = 0};
    poll(&readable, 1, PollTimeoutMs(deadline));
  }
}

absl::Status CheckDescriptors(const std::string& path, const Packet& packet,
                              std::uint32_t announced) {
  if (packet.descriptors_cut_off) {
    return absl::ResourceExhaustedError(absl::StrCat(
        path, ": of ", announced, " descriptors ", packet.descriptors.size(),
        " arrived; this process may be at its limit of open files: raise it (ulimit -n)"));
  }
  if (packet.descriptors.size() != announced) {
    return absl::FailedPreconditionError(absl::StrCat(path, ": the reply announces ", announced,
                                                      " descriptors and carries ",
                                                      packet.descriptors.size()));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Claim> ClaimDescriptors(const std::string& path, const Ticket& ticket,
                                       absl::Time deadline) {
  const absl::Duration steady_deadline = SteadyNow() + (deadline - absl::Now());
  ZEROD_ASSIGN_OR_RETURN(FileDescriptor socket, Connect(path, steady_deadline));
  return ClaimOver(std::move(socket), path, ticket, steady_deadline);
}

absl::StatusOr<Claim> ClaimOver(FileDescriptor socket, const std::string& path,
                                const Ticket& ticket, absl::Duration deadline) {
  // A daemon that refuses at once may have closed already; its reply waits nevertheless.
  const absl::Status sent = SendPacket(socket, EncodeHandshakeRequest(ticket), {});
  if (!sent.ok() && !absl::IsUnavailable(sent)) return sent;
  ZEROD_ASSIGN_OR_RETURN(Packet packet, AwaitReply(socket, path, deadline));
  const auto reply = DecodeHandshakeReply(packet.bytes);
  if (!reply.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, ": what answers there is not this zerod: ", reply.status().message()));
  }
  if (!reply->status.ok()) {
    return absl::Status(reply->status.code(),
                        absl::StrCat(path, ": the daemon refused: ", reply->status.message()));
  }
  ZEROD_RETURN_IF_ERROR(CheckDescriptors(path, packet, reply->descriptor_count));
  return Claim{.socket = std::move(socket), .descriptors = std::move(packet.descriptors)};
}

absl::Status CheckAlive(const FileDescriptor& socket) {
  // Not by reading, which would stop at bytes that lie before the end.
  pollfd state = {.fd = socket.number(), .events = POLLRDHUP, .revents = 0};
  poll(&state, 1, 0);
  if (socket.is_open() && state.revents == 0) return absl::OkStatus();
  return absl::UnavailableError("the other side of the handshake's socket is gone");
}

}  // namespace zerod
