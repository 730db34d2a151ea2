#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "client/service/address.h"
#include "ipc/file_descriptor.h"

namespace zerod {
namespace {

constexpr int kPatienceMs = 1000;

absl::Status Refused(int error) { return absl::UnavailableError(std::strerror(error)); }

absl::Status Connect(int family, const sockaddr* address, socklen_t length) {
  const FileDescriptor descriptor(socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!descriptor.is_open()) return Refused(errno);
  if (connect(descriptor.number(), address, length) == 0) return absl::OkStatus();
  if (errno == EAGAIN) return absl::OkStatus();  // a Unix socket with many who wait
  if (errno != EINPROGRESS) return Refused(errno);
  pollfd waiting{.fd = descriptor.number(), .events = POLLOUT, .revents = 0};
  if (poll(&waiting, 1, kPatienceMs) <= 0) return Refused(ETIMEDOUT);
  int error = 0;
  socklen_t error_length = sizeof(error);
  getsockopt(descriptor.number(), SOL_SOCKET, SO_ERROR, &error, &error_length);
  return error == 0 ? absl::OkStatus() : Refused(error);
}

absl::Status ProbeUnix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  return Connect(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
}

absl::Status ProbeTcp(const Address& address) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(address.host.c_str(), address.port.c_str(), &hints, &found);
  if (error != 0) return absl::UnavailableError(gai_strerror(error));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
  absl::Status status = absl::UnavailableError("the host has no address");
  for (const addrinfo* each = found; each != nullptr && !status.ok(); each = each->ai_next) {
    status = Connect(each->ai_family, each->ai_addr, each->ai_addrlen);
  }
  return status;
}

}  // namespace

absl::Status ProbeListener(const Address& address) {
  return address.is_local ? ProbeUnix(address.path) : ProbeTcp(address);
}

}  // namespace zerod
