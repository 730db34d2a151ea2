#include "ipc/packet.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/check.h"
#include "ipc/handshake.h"
#include "ipc/system_error.h"

namespace zerod {
namespace {

// Room for the control message that carries descriptors.
struct ControlBuffer {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(kMaxDescriptors * sizeof(int))> bytes = {};
};

void PutDescriptors(msghdr& message, ControlBuffer& control, std::span<const int> descriptors) {
  message.msg_control = control.bytes.data();
  message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(descriptors.size_bytes());
  std::memcpy(CMSG_DATA(header), descriptors.data(), descriptors.size_bytes());
}

// Whatever came in is owned from here on, wanted or not.
std::vector<FileDescriptor> TakeDescriptors(msghdr& message) {
  std::vector<FileDescriptor> descriptors;
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int number = -1;
      std::memcpy(&number, CMSG_DATA(header) + i * sizeof(int), sizeof(int));
      descriptors.emplace_back(number);
    }
  }
  return descriptors;
}

}  // namespace

absl::Status SendPacket(const FileDescriptor& socket, std::span<const std::byte> bytes,
                        std::span<const int> descriptors) {
  ZEROD_CHECK(descriptors.size() <= kMaxDescriptors);
  iovec part = {.iov_base = const_cast<std::byte*>(bytes.data()), .iov_len = bytes.size()};
  ControlBuffer control;
  msghdr message = {};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (!descriptors.empty()) PutDescriptors(message, control, descriptors);
  while (sendmsg(socket.number(), &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
    if (errno == EINTR) continue;
    const bool gone = errno == EPIPE || errno == ECONNRESET || errno == EAGAIN;
    return SystemError(gone ? absl::StatusCode::kUnavailable : absl::StatusCode::kResourceExhausted,
                       errno, "sending a packet");
  }
  return absl::OkStatus();  // a packet goes whole or not at all
}

absl::StatusOr<std::optional<Packet>> ReceivePacket(const FileDescriptor& socket,
                                                    std::size_t max_bytes,
                                                    std::size_t max_descriptors) {
  ZEROD_CHECK(max_descriptors <= kMaxDescriptors);
  Packet packet;
  packet.bytes.resize(max_bytes);
  iovec part = {.iov_base = packet.bytes.data(), .iov_len = packet.bytes.size()};
  ControlBuffer control;
  msghdr message = {};
  ssize_t count = -1;
  for (bool reset = false; count < 0;) {
    message = {};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (max_descriptors > 0) {  // without room for any the kernel drops what comes
      message.msg_control = control.bytes.data();
      message.msg_controllen = CMSG_LEN(max_descriptors * sizeof(int));  // SPACE admits more
    }
    count = recvmsg(socket.number(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (count >= 0 || errno == EINTR) continue;
    if (errno == EAGAIN) return std::nullopt;
    // Who closes before having read all resets the connection, once; its last words come after.
    if (errno != ECONNRESET || reset) {
      return SystemError(absl::StatusCode::kUnavailable, errno, "receiving a packet");
    }
    reset = true;
  }
  packet.descriptors = TakeDescriptors(message);
  packet.descriptors_cut_off = (message.msg_flags & MSG_CTRUNC) != 0;
  packet.bytes.resize(static_cast<std::size_t>(count));
  if (count == 0) return absl::UnavailableError("the other side closed the connection");
  return packet;
}

}  // namespace zerod
