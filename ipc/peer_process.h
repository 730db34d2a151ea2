#ifndef ZEROD_IPC_PEER_PROCESS_H_
#define ZEROD_IPC_PEER_PROCESS_H_

#include <sys/types.h>

#include <span>

#include "absl/status/statusor.h"
#include "ipc/file_descriptor.h"
#include "ipc/handshake_listener.h"

namespace zerod {

// The process that connected `socket`, as the kernel recorded it then.
absl::StatusOr<HandshakePeer> PeerOf(const FileDescriptor& socket);

// kPermissionDenied names a uid that is neither root's, `own_uid` nor among `allowed_uids`;
// kFailedPrecondition: the peer's process can't be seen, and so not watched, from here.
absl::Status CheckMayClaim(const HandshakePeer& peer, uid_t own_uid,
                           std::span<const uid_t> allowed_uids);

// A pidfd of the process that connected `socket`: readable once it has ended. kUnavailable: it has
// ended already.
absl::StatusOr<FileDescriptor> WatchPeer(const FileDescriptor& socket, const HandshakePeer& peer);

}  // namespace zerod

#endif  // ZEROD_IPC_PEER_PROCESS_H_
