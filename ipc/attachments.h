#ifndef ZEROD_IPC_ATTACHMENTS_H_
#define ZEROD_IPC_ATTACHMENTS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "ipc/epoll_set.h"
#include "ipc/file_descriptor.h"
#include "ipc/handshake_listener.h"

namespace zerod {

// Everything that was offered and is not over: who has claimed it, and what has become of them.
//
//   offered --Claim--> claimed --SocketEnded--> closing
//      |                  |                        |
//      +------------------+------------------------+--> ended --> gone, and forgotten
//           too late, Withdraw, the process ended, or nothing more after closing
//
// A process is watched for as long as its attachment lasts, not to its end: one that lives on and
// attaches again and again must not leave anything behind here.
//
// Callbacks run without the lock, one at a time, on the thread of the functions that say so.
// Thread-safe but for these.
class Attachments {
 public:
  explicit Attachments(EpollSet& events) : events_(events) {}

  Ticket Offer(HandshakeOffer offer, absl::Duration ticket_lifetime);
  void Withdraw(const Ticket& ticket);

  // For the listener's thread. OK: the reply with the descriptors is sent, `socket` is taken and
  // watched, on_claimed has run. kPermissionDenied: the ticket is none, or no longer. After other
  // errors the ticket is good still.
  absl::Status Claim(const Ticket& ticket, const HandshakePeer& peer, FileDescriptor& socket);
  // For the listener's thread: what the attachment's socket and process have shown.
  void SocketEnded(std::uint64_t id);
  void ProcessEnded(std::uint64_t id);
  // For the listener's thread: runs the callbacks that are due.
  void RunDue();
  // When RunDue may have something to do again, unless something happens before.
  absl::Duration NextDue() const;
  // For the listener's thread, at its end: on_gone for all.
  void ForgetAll();

 private:
  enum class Stage : std::uint8_t { kOffered, kClaimed, kClosing, kEnded };
  struct Attachment {
    std::uint64_t id = 0;
    Ticket ticket;
    HandshakeOffer offer;
    absl::Duration lifetime;  // of the ticket
    absl::Duration deadline;  // of being offered, or of closing
    Stage stage = Stage::kOffered;
    HandshakePeer peer;
    FileDescriptor socket;
    FileDescriptor process;  // closed when the process has ended, or the attachment
  };
  struct Call {
    std::shared_ptr<Attachment> attachment;  // nullptr: none is due
    std::string why;                         // of on_ended; empty: on_gone
  };

  // These want the lock to be held.
  std::shared_ptr<Attachment> Find(const Ticket& ticket) const;
  absl::Status Watch(const Attachment& attachment, const FileDescriptor& socket,
                     const FileDescriptor& process);
  void Close(FileDescriptor& descriptor);
  void End(Attachment& attachment);  // nothing when it has ended
  static std::string WhyEnded(const Attachment& attachment);

  Call NextCall();

  EpollSet& events_;
  mutable std::mutex mutex_;
  std::map<std::uint64_t, std::shared_ptr<Attachment>> attachments_;  // guarded by mutex_
  std::uint64_t next_id_ = 0;                                         // guarded by mutex_
};

}  // namespace zerod

#endif  // ZEROD_IPC_ATTACHMENTS_H_
