// Peers that do not keep to the protocol, from this process over raw sockets.
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "absl/time/clock.h"
#include "base/check.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ipc/handshake_listener.h"
#include "ipc/local_address.h"
#include "ipc/packet.h"
#include "tests/ipc/listener_test_base.h"

namespace zerod {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class HostileTest : public ListenerTest {
 protected:
  FileDescriptor Connected() const {
    FileDescriptor socket = *NewLocalSocket();
    ZEROD_CHECK(ConnectTo(socket, *LocalAddress(path_)) == 0);
    return socket;
  }
  // What the daemon replies, kUnavailable when it hangs up without.
  static absl::Status Reply(const FileDescriptor& socket) {
    pollfd readable = {.fd = socket.number(), .events = POLLIN, .revents = 0};
    if (poll(&readable, 1, 20'000) != 1) return absl::DeadlineExceededError("no reply");
    auto packet = ReceivePacket(socket, 4096, kMaxDescriptors);
    if (!packet.ok()) return packet.status();
    const auto reply = DecodeHandshakeReply((*packet)->bytes);
    return reply.ok() ? reply->status : reply.status();
  }
  // That somebody who behaves is served all the while.
  void ExpectOthersAreServed() { EXPECT_TRUE(ClaimHere(OfferLogged()).ok()); }
};

TEST_F(HostileTest, GarbageIsRefused) {
  Start();
  for (const std::size_t count : {1u, 11u, 43u, 45u, 5000u}) {
    const FileDescriptor socket = Connected();
    EXPECT_TRUE(SendPacket(socket, std::vector<std::byte>(count), {}).ok());
    EXPECT_EQ(Reply(socket).code(), absl::StatusCode::kInvalidArgument) << count;
  }
  EXPECT_EQ(refusals_.WaitFor(5).size(), 5u);
  ExpectOthersAreServed();
}

TEST_F(HostileTest, AnotherVersionIsToldBoth) {
  Start();
  const FileDescriptor socket = Connected();
  auto request = EncodeHandshakeRequest(OfferLogged());
  request[8] = std::byte{3};
  EXPECT_TRUE(SendPacket(socket, request, {}).ok());
  const absl::Status refused = Reply(socket);
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(refused.message(), HasSubstr("has version 3 of the handshake, this process has 1"));
}

TEST_F(HostileTest, ASilentPeerIsRefusedInTimeAndHoldsUpNobody) {
  Start({.request_deadline = absl::Milliseconds(200)});
  const FileDescriptor silent = Connected();
  ExpectOthersAreServed();
  EXPECT_EQ(Reply(silent).code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(refusals_.WaitFor(1), ElementsAre(HasSubstr("no ticket came within 200ms")));
}

TEST_F(HostileTest, WhoLeavesWithoutATicketIsForgotten) {
  Start();
  const int before = OpenDescriptors();
  for (int i = 0; i < 100; ++i) Connected();
  EXPECT_EQ(refusals_.WaitFor(100).size(), 100u);
  EXPECT_TRUE(Eventually([before] { return OpenDescriptors() == before; }));
}

TEST_F(HostileTest, WhoDoesNotReadItsReplyHoldsUpNobody) {
  Start();
  std::vector<FileDescriptor> sockets;
  for (int i = 0; i < 20; ++i) {
    sockets.push_back(Connected());
    const auto request = EncodeHandshakeRequest(i % 2 == 0 ? OfferLogged() : RandomTicket());
    for (int copy = 0; copy < 5; ++copy) (void)SendPacket(sockets.back(), request, {});
  }
  ExpectOthersAreServed();
  EXPECT_EQ(refusals_.WaitFor(10).size(), 10u);
}

TEST_F(HostileTest, TheNewestOfTooManyIsRefused) {
  Start({.max_pending = 2});
  FileDescriptor first = Connected();
  const FileDescriptor second = Connected();
  const FileDescriptor third = Connected();
  EXPECT_EQ(Reply(third).code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ClaimHere(OfferLogged()).status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(CheckAlive(second).ok());
  first.Close();
  EXPECT_EQ(refusals_.WaitFor(3).size(), 3u);
  ExpectOthersAreServed();
}

TEST_F(HostileTest, DescriptorsThatAPeerSendsAreDropped) {
  Start();
  std::vector<int> numbers(kMaxDescriptors, STDIN_FILENO);
  const Ticket ticket = OfferLogged();
  const FileDescriptor claimed = Connected();
  EXPECT_TRUE(SendPacket(claimed, EncodeHandshakeRequest(ticket), {}).ok());
  EXPECT_TRUE(Reply(claimed).ok());
  const int before = OpenDescriptors();
  for (int i = 0; i < 50; ++i) {
    const FileDescriptor socket = Connected();
    const auto request = EncodeHandshakeRequest(i % 2 == 0 ? listener_->Offer({}) : ticket);
    const auto sent = std::span(request).first(i % 3 == 0 ? request.size() : 20);
    EXPECT_TRUE(SendPacket(socket, sent, numbers).ok());
    EXPECT_EQ(Reply(socket).code(), absl::StatusCode::kInvalidArgument);
    EXPECT_TRUE(SendPacket(claimed, request, numbers).ok());  // nobody reads those
  }
  EXPECT_TRUE(Eventually([before] { return OpenDescriptors() == before; }));
  EXPECT_TRUE(CheckAlive(claimed).ok());
}

TEST_F(HostileTest, WithoutFreeDescriptorsItPausesInsteadOfSpinning) {
  Start();
  const Ticket ticket = OfferLogged();
  const FileDescriptor socket = *NewLocalSocket();
  rlimit before = {};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none = {.rlim_cur = 0, .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  ASSERT_EQ(ConnectTo(socket, *LocalAddress(path_)), 0);
  EXPECT_TRUE(SendPacket(socket, EncodeHandshakeRequest(ticket), {}).ok());
  const absl::Time start = absl::Now();
  absl::SleepFor(absl::Milliseconds(350));
  EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_TRUE(Reply(socket).ok());
  const auto refusals = refusals_.Events();
  EXPECT_GE(refusals.size(), 1u);
  EXPECT_LE(refusals.size(), 2 + (absl::Now() - start) / absl::Milliseconds(100));
  EXPECT_THAT(refusals.front(), HasSubstr("can't accept a connection: Too many open files"));
}

}  // namespace
}  // namespace zerod
