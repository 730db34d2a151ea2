#ifndef ZEROD_SERVER_UNIX_SOCKET_H_
#define ZEROD_SERVER_UNIX_SOCKET_H_

#include <sys/types.h>

#include <string>

#include "absl/status/status.h"

namespace zerod {

// Makes `path` free for a socket: removes what a daemon that died has left behind. kAlreadyExists:
// somebody answers there, or it is no socket; kUnavailable: the system refuses.
absl::Status ClaimSocketPath(const std::string& path);

// While it lives, sockets that this process binds get `mode` from the start: with a chmod
// afterwards anybody could connect in between.
class SocketModeScope {
 public:
  explicit SocketModeScope(mode_t mode);
  ~SocketModeScope();

 private:
  const mode_t previous_;
};

// Removes `path` if it is a socket; for the end of a daemon.
void RemoveSocket(const std::string& path);

}  // namespace zerod

#endif  // ZEROD_SERVER_UNIX_SOCKET_H_
