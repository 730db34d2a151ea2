// The first byte says what the others are: a request, a reply, or packets to a trainer that waits
// for its reply, each with some descriptors.
#include <sys/socket.h>

#include <array>
#include <cstdint>

#include "base/check.h"
#include "ipc/handshake_claim.h"
#include "ipc/packet.h"
#include "ipc/steady_deadline.h"

namespace zerod {
namespace {

// What is understood has one encoding, but for nothing.
void FuzzRequest(std::span<const std::byte> bytes) {
  const auto ticket = DecodeHandshakeRequest(bytes);
  if (!ticket.ok()) return;
  const auto again = EncodeHandshakeRequest(*ticket);
  ZEROD_CHECK(std::equal(again.begin(), again.end(), bytes.begin(), bytes.end()));
}

void FuzzReply(std::span<const std::byte> bytes) {
  const auto reply = DecodeHandshakeReply(bytes);
  if (!reply.ok()) return;
  const auto again = EncodeHandshakeReply(*reply);
  ZEROD_CHECK(std::equal(again.begin(), again.end(), bytes.begin(), bytes.end()));
}

void FuzzClaim(std::size_t descriptor_count, std::span<const std::byte> reply) {
  std::array<int, 2> numbers = {};
  ZEROD_CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, numbers.data()) == 0);
  FileDescriptor daemon(numbers[0]);
  FileDescriptor trainer(numbers[1]);
  const std::vector<int> sent(descriptor_count, numbers[0]);
  if (!SendPacket(daemon, reply, sent).ok()) return;
  daemon.Close();
  const auto claim = ClaimOver(std::move(trainer), "fuzz", Ticket(), SteadyNow());
  if (claim.ok()) ZEROD_CHECK(claim->descriptors.size() == descriptor_count);

  // Whatever it was given, nothing is left open: the next descriptor has the same number.
  const int next = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  if (!claim.ok()) ZEROD_CHECK(next == numbers[0]);
  FileDescriptor{next}.Close();
}

}  // namespace
}  // namespace zerod

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto bytes = std::as_bytes(std::span(data, size)).subspan(1);
  switch (data[0] % 3) {
    case 0:
      zerod::FuzzRequest(bytes);
      break;
    case 1:
      zerod::FuzzReply(bytes);
      break;
    default:
      zerod::FuzzClaim(data[0] / 3 % (zerod::kMaxDescriptors + 1), bytes);
      break;
  }
  return 0;
}
