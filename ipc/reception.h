#ifndef ZEROD_IPC_RECEPTION_H_
#define ZEROD_IPC_RECEPTION_H_

#include <cstdint>
#include <map>
#include <memory>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "ipc/attachments.h"
#include "ipc/epoll_set.h"
#include "ipc/file_descriptor.h"
#include "ipc/handshake_listener.h"
#include "ipc/listening_socket.h"

namespace zerod {

// Lets connections in, waits for their tickets, and hands who has a good one over to Attachments.
// Whoever is refused is told why, if it still listens; nothing here waits for anybody. For the
// listener's thread alone.
class Reception {
 public:
  Reception(HandshakeListener::Options options, std::unique_ptr<ListeningSocket> listening,
            EpollSet& events, Attachments& attachments);

  // Starts to let connections in.
  absl::Status Open();
  void AcceptOne();
  void ReadRequest(std::uint64_t id);
  // Refuses who is late, and accepts again after a pause.
  void RunDue();
  absl::Duration NextDue() const;

 private:
  struct Pending {
    FileDescriptor socket;
    HandshakePeer peer;
    absl::Duration deadline;
  };

  absl::Status Admit(FileDescriptor& socket, const HandshakePeer& peer);
  absl::Status Serve(Pending& pending);
  void Refuse(const FileDescriptor& socket, const HandshakePeer& peer, const absl::Status& why);
  void Pause(int error_number);
  Pending Take(std::map<std::uint64_t, Pending>::iterator position);

  const HandshakeListener::Options options_;
  const uid_t own_uid_;
  const std::unique_ptr<ListeningSocket> listening_;
  EpollSet& events_;
  Attachments& attachments_;
  std::map<std::uint64_t, Pending> pending_;
  std::uint64_t next_id_ = 0;
  absl::Duration paused_until_ = absl::InfiniteDuration();  // infinite: not paused
};

}  // namespace zerod

#endif  // ZEROD_IPC_RECEPTION_H_
