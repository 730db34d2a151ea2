#include "server/unix_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "ipc/file_descriptor.h"

namespace zerod {
namespace {

absl::Status Refused(const std::string& path, absl::string_view action) {
  return absl::UnavailableError(
      absl::StrCat("can't listen on ", path, ": ", action, ": ", std::strerror(errno)));
}

// 0: somebody has answered; else what connect(2) says.
int TryConnect(const std::string& path) {
  const FileDescriptor probe(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_un address{.sun_family = AF_UNIX};
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  const int result =
      connect(probe.number(), reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  return result == 0 ? 0 : errno;
}

}  // namespace

absl::Status ClaimSocketPath(const std::string& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) {
    return errno == ENOENT ? absl::OkStatus() : Refused(path, "stat");
  }
  if (!S_ISSOCK(status.st_mode)) {
    return absl::AlreadyExistsError(absl::StrCat(
        "can't listen on ", path, ": it exists and is no socket; choose another path"));
  }
  // Whatever is not a clear refusal may be somebody with a full queue.
  if (TryConnect(path) != ECONNREFUSED) {
    return absl::AlreadyExistsError(absl::StrCat(
        "can't listen on ", path, ": another process does; stop it or choose another path"));
  }
  return unlink(path.c_str()) == 0 ? absl::OkStatus() : Refused(path, "unlink");
}

SocketModeScope::SocketModeScope(mode_t mode) : previous_(umask(~mode & 0777)) {}
SocketModeScope::~SocketModeScope() { umask(previous_); }

void RemoveSocket(const std::string& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode)) unlink(path.c_str());
}

}  // namespace zerod
