#include <sys/epoll.h>

#include <utility>
#include <vector>

#include "base/status_macros.h"
#include "ipc/attachments.h"
#include "ipc/packet.h"
#include "ipc/peer_process.h"
#include "ipc/steady_deadline.h"

namespace zerod {

absl::Status Attachments::Claim(const Ticket& ticket, const HandshakePeer& peer,
                                FileDescriptor& socket) {
  ZEROD_ASSIGN_OR_RETURN(FileDescriptor process, WatchPeer(socket, peer));
  std::shared_ptr<Attachment> claimed;
  {
    std::lock_guard lock(mutex_);
    claimed = Find(ticket);
    if (claimed == nullptr || claimed->stage != Stage::kOffered ||
        SteadyNow() >= claimed->deadline) {
      return absl::PermissionDeniedError(
          "the ticket is not valid: wrong, used already, or too old; attach again for a new one");
    }
    ZEROD_RETURN_IF_ERROR(Watch(*claimed, socket, process));
    const std::vector<int>& descriptors = claimed->offer.descriptors;
    const auto count = static_cast<std::uint32_t>(descriptors.size());
    absl::Status sent =
        SendPacket(socket, EncodeHandshakeReply({.descriptor_count = count}), descriptors);
    if (!sent.ok()) {
      events_.Remove(socket);
      Close(process);
      return sent;
    }
    claimed->stage = Stage::kClaimed;
    claimed->peer = peer;
    claimed->socket = std::move(socket);
    claimed->process = std::move(process);
  }
  if (claimed->offer.on_claimed) claimed->offer.on_claimed(peer);
  return absl::OkStatus();
}

absl::Status Attachments::Watch(const Attachment& attachment, const FileDescriptor& socket,
                                const FileDescriptor& process) {
  // Of the socket only its end: what a trainer writes there nobody reads.
  ZEROD_RETURN_IF_ERROR(events_.Add(
      socket, EPOLLRDHUP, {.kind = EventSource::Kind::kAttachmentSocket, .id = attachment.id}));
  absl::Status added =
      events_.Add(process, EPOLLIN, {.kind = EventSource::Kind::kProcess, .id = attachment.id});
  if (!added.ok()) events_.Remove(socket);
  return added;
}

}  // namespace zerod
