#include "server/unix_socket.h"

#include <sys/stat.h>
#include <unistd.h>

namespace zerod {

SocketModeScope::SocketModeScope(mode_t mode) : previous_(umask(~mode & 0777)) {}
SocketModeScope::~SocketModeScope() { umask(previous_); }

void RemoveSocket(const std::string& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode)) unlink(path.c_str());
}

}  // namespace zerod
