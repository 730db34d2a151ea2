#ifndef ZEROD_IPC_HANDSHAKE_LISTENER_H_
#define ZEROD_IPC_HANDSHAKE_LISTENER_H_

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ipc/handshake.h"

namespace zerod {

// The process at the other end of a connection, as the kernel knows it; pid 0: it runs in another
// PID namespace, or is not known.
struct HandshakePeer {
  pid_t pid = 0;
  uid_t uid = 0;
};

// Descriptors that wait for the bearer of a ticket: at most kMaxDescriptors. The callbacks run on
// the listener's thread, one at a time, and may call Offer and Withdraw, but not destroy the
// listener; none runs any more once the listener is gone. Any may be empty.
struct HandshakeOffer {
  std::vector<int> descriptors;  // borrowed; valid until on_claimed or on_gone
  // The ticket has been redeemed and the descriptors are on their way, by the kernel's own
  // reference.
  std::function<void(const HandshakePeer& peer)> on_claimed;
  // At most once: the attachment is over, with what ended it as a predicate of the trainer ("closed
  // its attachment", "ended", "did not claim its descriptors within 10s"). The
  // process may live on. Not after Withdraw, nor when the listener dies.
  std::function<void(const std::string& why)> on_ended;
  // Exactly once, and the last call: the attachment is over, whatever ended it, and nothing of it
  // is kept. The process that claimed the descriptors may live on, and keep them.
  std::function<void()> on_gone;
};

// The daemon's end of the handshake: a socket, and a thread that serves it and watches those who
// have claimed, by pidfd. Thread-safe.
class HandshakeListener {
 public:
  struct Options {
    std::string path;
    mode_t mode = 0600;
    std::vector<uid_t> allowed_uids;                     // beside root's and this process's own
    absl::Duration request_deadline = absl::Seconds(5);  // from connect to the ticket
    absl::Duration ticket_lifetime = absl::Seconds(10);  // from the offer to the claim
    int max_pending = 64;                                // connections without a ticket
    // Somebody was refused; for the log. On the listener's thread. A peer of pid 0 is unknown.
    std::function<void(const HandshakePeer& peer, const absl::Status& why)> on_refused;
  };
  // kInvalidArgument: `path` can't be a socket's. kUnavailable names the path and what keeps it
  // from being listened on. A socket at which nobody listens any more is replaced.
  static absl::StatusOr<std::unique_ptr<HandshakeListener>> Start(Options options);
  // Closes all attachments' sockets, and has called on_gone for every offer when it returns.
  virtual ~HandshakeListener() = default;

  // Returns the ticket, which is good for one claim within ticket_lifetime.
  virtual Ticket Offer(HandshakeOffer offer) = 0;
  // Ends the attachment from this side: its socket is closed, on_ended is not called any more (one
  // that the listener's thread has begun may still be running); on_gone still is, soon and on the
  // listener's thread. Nothing when it is over already.
  virtual void Withdraw(const Ticket& ticket) = 0;
};

}  // namespace zerod

#endif  // ZEROD_IPC_HANDSHAKE_LISTENER_H_
