#include "ipc/reception.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "ipc/handshake_limits.h"
#include "ipc/packet.h"
#include "ipc/peer_process.h"
#include "ipc/steady_deadline.h"
#include "ipc/system_error.h"

namespace zerod {
namespace {

// For how long nobody is accepted when the process has no descriptors left. The connections stay
// in the queue, where they would wake the thread up without end.
constexpr absl::Duration kPause = absl::Milliseconds(100);

}  // namespace

Reception::Reception(HandshakeListener::Options options, std::unique_ptr<ListeningSocket> listening,
                     EpollSet& events, Attachments& attachments)
    : options_(std::move(options)),
      own_uid_(geteuid()),
      listening_(std::move(listening)),
      events_(events),
      attachments_(attachments) {}

absl::Status Reception::Open() {
  return events_.Add(listening_->descriptor(), EPOLLIN,
                     {.kind = EventSource::Kind::kNewConnection});
}

void Reception::AcceptOne() {
  FileDescriptor socket(
      accept4(listening_->descriptor().number(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!socket.is_open()) {
    const bool is_passing = errno == EAGAIN || errno == EINTR || errno == ECONNABORTED;
    if (!is_passing) Pause(errno);
    return;
  }
  const auto peer = PeerOf(socket);
  if (!peer.ok()) return Refuse(socket, {}, peer.status());
  const absl::Status admitted = Admit(socket, *peer);
  if (!admitted.ok()) Refuse(socket, *peer, admitted);
}

absl::Status Reception::Admit(FileDescriptor& socket, const HandshakePeer& peer) {
  ZEROD_RETURN_IF_ERROR(CheckMayClaim(peer, own_uid_, options_.allowed_uids));
  if (static_cast<int>(pending_.size()) >= options_.max_pending) {
    return absl::ResourceExhaustedError(absl::StrCat(
        options_.max_pending, " connections have not presented a ticket yet; try again later"));
  }
  const std::uint64_t id = next_id_++;
  ZEROD_RETURN_IF_ERROR(
      events_.Add(socket, EPOLLIN, {.kind = EventSource::Kind::kRequest, .id = id}));
  pending_[id] = {.socket = std::move(socket),
                  .peer = peer,
                  .deadline = SteadyNow() + options_.request_deadline};
  return absl::OkStatus();
}

void Reception::ReadRequest(std::uint64_t id) {
  const auto position = pending_.find(id);
  if (position == pending_.end()) return;
  Pending pending = Take(position);
  const absl::Status served = Serve(pending);
  if (!served.ok()) Refuse(pending.socket, pending.peer, served);
}

absl::Status Reception::Serve(Pending& pending) {
  // One byte more than is right, and no room for descriptors, which the kernel drops then.
  ZEROD_ASSIGN_OR_RETURN(const auto packet, ReceivePacket(pending.socket, kRequestBytes + 1, 0));
  if (!packet.has_value()) return absl::InternalError("the request was there and is not");
  ZEROD_ASSIGN_OR_RETURN(const Ticket ticket, DecodeHandshakeRequest(packet->bytes));
  if (packet->descriptors_cut_off) {
    return absl::InvalidArgumentError("a handshake request carries no descriptors");
  }
  return attachments_.Claim(ticket, pending.peer, pending.socket);
}

void Reception::Refuse(const FileDescriptor& socket, const HandshakePeer& peer,
                       const absl::Status& why) {
  // Who does not read its reply goes without.
  SendPacket(socket, EncodeHandshakeReply({.status = why}), {}).IgnoreError();
  if (options_.on_refused) options_.on_refused(peer, why);
}

void Reception::RunDue() {
  if (SteadyNow() >= paused_until_) {
    const absl::Status opened = Open();
    paused_until_ = opened.ok() ? absl::InfiniteDuration() : SteadyNow() + kPause;
  }
  for (auto position = pending_.begin(); position != pending_.end();) {
    const auto next = std::next(position);
    if (SteadyNow() >= position->second.deadline) {
      const Pending late = Take(position);
      Refuse(late.socket, late.peer,
             absl::DeadlineExceededError(absl::StrCat(
                 "no ticket came within ", absl::FormatDuration(options_.request_deadline))));
    }
    position = next;
  }
}

absl::Duration Reception::NextDue() const {
  absl::Duration due = paused_until_;
  for (const auto& [id, pending] : pending_) due = std::min(due, pending.deadline);
  return due;
}

void Reception::Pause(int error_number) {
  events_.Remove(listening_->descriptor());
  paused_until_ = SteadyNow() + kPause;
  if (!options_.on_refused) return;
  options_.on_refused({}, SystemError(absl::StatusCode::kResourceExhausted, error_number,
                                      absl::StrCat(options_.path, ": can't accept a connection")));
}

Reception::Pending Reception::Take(std::map<std::uint64_t, Pending>::iterator position) {
  Pending pending = std::move(position->second);
  events_.Remove(pending.socket);
  pending_.erase(position);
  return pending;
}

}  // namespace zerod
