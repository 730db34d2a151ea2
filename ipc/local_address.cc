#include "ipc/local_address.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "absl/strings/str_cat.h"
#include "ipc/system_error.h"

namespace zerod {

absl::StatusOr<sockaddr_un> LocalAddress(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.find('\0') != std::string::npos) {
    return absl::InvalidArgumentError("a socket's path is neither empty nor holds a zero byte");
  }
  if (path.size() >= sizeof(address.sun_path)) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": ", path.size(), " characters are too long for the path of a Unix socket; ",
        sizeof(address.sun_path) - 1, " are allowed: choose a shorter one, e.g. below /run"));
  }
  std::copy(path.begin(), path.end(), address.sun_path);
  return address;
}

absl::StatusOr<FileDescriptor> NewLocalSocket() {
  FileDescriptor created(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!created.is_open()) {
    return SystemError(absl::StatusCode::kResourceExhausted, errno, "the system refused a socket");
  }
  return created;
}

int ConnectTo(const FileDescriptor& socket, const sockaddr_un& address) {
  const auto* target = reinterpret_cast<const sockaddr*>(&address);
  int failed = 0;
  do {
    failed = connect(socket.number(), target, sizeof(address));
  } while (failed != 0 && errno == EINTR);
  return failed == 0 ? 0 : errno;
}

}  // namespace zerod
