#include "ipc/peer_process.h"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "absl/strings/str_cat.h"
#include "ipc/handshake.h"
#include "ipc/system_error.h"

namespace zerod {
namespace {

#ifndef SO_PEERPIDFD
constexpr int SO_PEERPIDFD = 77;  // which glibc 2.36 does not know; Linux 6.5
#endif

}  // namespace

absl::StatusOr<HandshakePeer> PeerOf(const FileDescriptor& socket) {
  ucred credentials = {};
  socklen_t size_bytes = sizeof(credentials);
  if (getsockopt(socket.number(), SOL_SOCKET, SO_PEERCRED, &credentials, &size_bytes) != 0) {
    return SystemError(absl::StatusCode::kUnavailable, errno, "SO_PEERCRED");
  }
  return HandshakePeer{.pid = credentials.pid, .uid = credentials.uid};
}

absl::Status CheckMayClaim(const HandshakePeer& peer, uid_t own_uid,
                           std::span<const uid_t> allowed_uids) {
  const bool allowed =
      peer.uid == 0 || peer.uid == own_uid ||
      std::find(allowed_uids.begin(), allowed_uids.end(), peer.uid) != allowed_uids.end();
  if (!allowed) {
    return absl::PermissionDeniedError(
        absl::StrCat("uid ", peer.uid, " may not attach to a daemon of uid ", own_uid,
                     "; run the trainer as that user, or have the daemon allow uid ", peer.uid));
  }
  if (peer.pid <= 0) {
    return absl::FailedPreconditionError(
        "the trainer runs in another PID namespace, where the daemon can't see it end; trainer and "
        "daemon must share a PID namespace (containers: run both with --pid=host, or in one pod "
        "with a shared process namespace)");
  }
  return absl::OkStatus();
}

absl::StatusOr<FileDescriptor> WatchPeer(const FileDescriptor& socket, const HandshakePeer& peer) {
  int number = -1;
  socklen_t size_bytes = sizeof(number);
  if (getsockopt(socket.number(), SOL_SOCKET, SO_PEERPIDFD, &number, &size_bytes) != 0 &&
      errno == ENOPROTOOPT) {
    number = static_cast<int>(syscall(SYS_pidfd_open, peer.pid, 0));
  }
  FileDescriptor process(number);
  if (!process.is_open()) {
    const int error_number = errno;
    const bool ended = error_number == ESRCH || error_number == EINVAL;
    return SystemError(
        ended ? absl::StatusCode::kUnavailable : absl::StatusCode::kResourceExhausted, error_number,
        absl::StrCat("process ", peer.pid, " can't be watched (this needs Linux 5.3)"));
  }
  // Found by number it may be another process by now; hardly so if the socket is open still.
  if (!CheckAlive(socket).ok()) {
    return absl::UnavailableError(absl::StrCat("process ", peer.pid, " has closed its socket"));
  }
  return process;
}

}  // namespace zerod
