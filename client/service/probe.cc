#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string>
#include <system_error>

#include "absl/time/clock.h"
#include "client/service/address.h"
#include "ipc/file_descriptor.h"
#include "ipc/steady_deadline.h"

namespace zerod {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(1);

absl::Status Refused(int error) {
  std::string message = std::generic_category().message(error);
  if (error == EACCES) {
    message += " (its --socket-mode, and that of the folders, say who may connect)";
  }
  return absl::UnavailableError(message);
}

// 0 once `descriptor` is writable; else an errno.
int AwaitWritable(int descriptor, absl::Time deadline) {
  const absl::Duration end = SteadyNow() + std::min(deadline - absl::Now(), kPatience);
  pollfd waiting{.fd = descriptor, .events = POLLOUT, .revents = 0};
  while (true) {
    const int ready = poll(&waiting, 1, PollTimeoutMs(end));
    if (ready > 0) return 0;
    if (ready == 0) return ETIMEDOUT;
    if (errno != EINTR) return errno;
  }
}

absl::Status Connect(const sockaddr* address, socklen_t length, absl::Time deadline) {
  const FileDescriptor descriptor(
      socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!descriptor.is_open()) return Refused(errno);
  if (connect(descriptor.number(), address, length) == 0) return absl::OkStatus();
  if (errno == EAGAIN) return absl::OkStatus();  // a Unix socket with many who wait
  if (errno != EINPROGRESS) return Refused(errno);
  int error = AwaitWritable(descriptor.number(), deadline);
  if (error != 0) return Refused(error);
  socklen_t error_length = sizeof(error);
  getsockopt(descriptor.number(), SOL_SOCKET, SO_ERROR, &error, &error_length);
  return error == 0 ? absl::OkStatus() : Refused(error);
}

absl::Status ProbeUnix(const std::string& path, absl::Time deadline) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  return Connect(reinterpret_cast<const sockaddr*>(&address), sizeof(address), deadline);
}

absl::Status ProbeTcp(const Address& address, absl::Time deadline) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(address.host.c_str(), address.port.c_str(), &hints, &found);
  if (error != 0) return absl::UnavailableError(gai_strerror(error));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
  absl::Status status = absl::UnavailableError("the host has no address");
  for (const addrinfo* each = found; each != nullptr && !status.ok(); each = each->ai_next) {
    if (each != found && absl::Now() >= deadline) break;
    status = Connect(each->ai_addr, each->ai_addrlen, deadline);
  }
  return status;
}

}  // namespace

absl::Status ProbeListener(const Address& address, absl::Time deadline) {
  return address.is_local ? ProbeUnix(address.path, deadline) : ProbeTcp(address, deadline);
}

}  // namespace zerod
