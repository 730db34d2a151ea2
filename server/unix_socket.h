#ifndef ZEROD_SERVER_UNIX_SOCKET_H_
#define ZEROD_SERVER_UNIX_SOCKET_H_

#include <sys/types.h>

#include <string>

namespace zerod {

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
