// A trainer's end, against whatever may listen at a path.
#include "ipc/handshake_claim.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <thread>

#include "absl/time/clock.h"
#include "base/check.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ipc/local_address.h"
#include "ipc/packet.h"
#include "ipc/steady_deadline.h"
#include "tests/ipc/listener_test_base.h"

namespace zerod {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr absl::Duration kShort = absl::Milliseconds(100);

class ClaimTest : public ListenerTest {
 protected:
  absl::Status ClaimStatus(const std::string& path) const {
    return ClaimDescriptors(path, RandomTicket(), absl::Now() + kShort).status();
  }
  // Something else listens at path_; it never accepts.
  FileDescriptor ListenAs(int type, int backlog) const {
    FileDescriptor listening(socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
    const sockaddr_un address = *LocalAddress(path_);
    ZEROD_CHECK(bind(listening.number(), reinterpret_cast<const sockaddr*>(&address),
                     sizeof(address)) == 0);
    if (type != SOCK_DGRAM) ZEROD_CHECK(listen(listening.number(), backlog) == 0);
    return listening;
  }
};

TEST_F(ClaimTest, WhereNobodyAnswersThePathIsNamed) {
  std::ofstream(folder_ + "/file") << "text";
  for (const std::string& path :
       {folder_ + "/nothing", folder_ + "/no/folder", folder_ + "/file", folder_}) {
    const absl::Status status = ClaimStatus(path);
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
    EXPECT_THAT(status.message(), AllOf(HasSubstr(path), HasSubstr("nobody answers")));
  }
}

TEST_F(ClaimTest, PathsHaveALimit) {
  const std::string path = "/" + std::string(107, 'p');
  EXPECT_EQ(ClaimStatus(path).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(ClaimStatus(path).message(), AllOf(HasSubstr(path), HasSubstr("107 are allowed")));
  EXPECT_EQ(ClaimStatus(path.substr(0, 107)).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ClaimStatus("").code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ClaimStatus(std::string("\0abstract", 9)).code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(ClaimTest, SocketsOfOtherKindsAreNotZerods) {
  for (const int type : {SOCK_STREAM, SOCK_DGRAM}) {
    const FileDescriptor listening = ListenAs(type, 5);
    EXPECT_EQ(ClaimStatus(path_).code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(ClaimStatus(path_).message(), HasSubstr(path_));
    unlink(path_.c_str());
  }
}

TEST_F(ClaimTest, WhoSaysNothingIsNotWaitedForBeyondTheDeadline) {
  const FileDescriptor listening = ListenAs(SOCK_SEQPACKET, 0);
  // The first one stays in the queue, without a reply; then there is no room for another.
  for (const char* why : {"did not reply in time", "too many others", "too many others"}) {
    const absl::Time start = absl::Now();
    const absl::Status status = ClaimStatus(path_);
    EXPECT_LT(absl::Now() - start, absl::Seconds(2));
    EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
    EXPECT_THAT(status.message(), AllOf(HasSubstr(path_), HasSubstr(why)));
  }
}

TEST_F(ClaimTest, EndOfTheDaemonIsNoticed) {
  FileDescriptor listening = ListenAs(SOCK_SEQPACKET, 5);
  std::thread closer([&listening] {
    absl::SleepFor(kShort);
    listening.Close();
  });
  const auto claim = ClaimDescriptors(path_, RandomTicket(), absl::InfiniteFuture());
  closer.join();
  EXPECT_EQ(claim.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(claim.status().message(), HasSubstr("without a reply"));
}

struct SocketPair {
  SocketPair() {
    std::array<int, 2> numbers = {};
    ZEROD_CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, numbers.data()) == 0);
    daemon = FileDescriptor(numbers[0]);
    trainer = FileDescriptor(numbers[1]);
  }
  FileDescriptor daemon;
  FileDescriptor trainer;
};

// What a trainer makes of a daemon that sends `reply` with this many descriptors, and hangs up.
absl::StatusOr<Claim> ClaimAgainst(std::span<const std::byte> reply, std::size_t descriptors) {
  SocketPair pair;
  const std::vector<int> numbers(descriptors, STDIN_FILENO);
  ZEROD_CHECK(SendPacket(pair.daemon, reply, numbers).ok());
  pair.daemon.Close();
  return ClaimOver(std::move(pair.trainer), "there", RandomTicket(), SteadyNow());
}

TEST(ClaimOver, DescriptorsMustBeAsManyAsAnnounced) {
  const int before = OpenDescriptors();
  for (std::uint32_t announced = 0; announced <= kMaxDescriptors; ++announced) {
    for (std::uint32_t sent = 0; sent <= kMaxDescriptors; ++sent) {
      const auto reply = EncodeHandshakeReply({.descriptor_count = announced});
      const auto claim = ClaimAgainst(reply, sent);
      if (announced == sent) {
        ASSERT_TRUE(claim.ok()) << claim.status();
        EXPECT_EQ(claim->descriptors.size(), sent);
      } else {
        EXPECT_EQ(claim.status().code(), absl::StatusCode::kFailedPrecondition);
      }
    }
  }
  EXPECT_EQ(OpenDescriptors(), before);
}

TEST(ClaimOver, DescriptorsOfRefusalsAndGarbageAreClosed) {
  const int before = OpenDescriptors();
  const auto refusal = EncodeHandshakeReply({.status = absl::AbortedError("busy")});
  EXPECT_EQ(ClaimAgainst(refusal, 3).status(),
            absl::AbortedError("there: the daemon refused: busy"));
  EXPECT_EQ(ClaimAgainst(std::vector<std::byte>(9000), 3).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(OpenDescriptors(), before);
}

TEST(ClaimOver, MoreDescriptorsThanAllowedAreClosed) {
  SocketPair pair;
  const int before = OpenDescriptors();
  // By hand: SendPacket sends no more than kMaxDescriptors.
  constexpr std::size_t kCount = 40;
  const auto reply = EncodeHandshakeReply({.descriptor_count = kMaxDescriptors});
  iovec part = {.iov_base = const_cast<std::byte*>(reply.data()), .iov_len = reply.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(kCount * sizeof(int))> control = {};
  msghdr message = {};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  ASSERT_NE(header, nullptr);
  *header = {.cmsg_len = CMSG_LEN(kCount * sizeof(int)),
             .cmsg_level = SOL_SOCKET,
             .cmsg_type = SCM_RIGHTS};
  ASSERT_GT(sendmsg(pair.daemon.number(), &message, 0), 0);  // all are descriptor 0
  EXPECT_FALSE(ClaimOver(std::move(pair.trainer), "there", RandomTicket(), SteadyNow()).ok());
  EXPECT_EQ(OpenDescriptors(), before - 1);
}

TEST(ClaimOver, WithoutFreeDescriptorsTheLimitIsNamed) {
  SocketPair pair;
  const std::array<int, 2> numbers = {STDIN_FILENO, STDIN_FILENO};
  ASSERT_TRUE(SendPacket(pair.daemon, EncodeHandshakeReply({.descriptor_count = 2}), numbers).ok());
  rlimit before = {};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none = {.rlim_cur = 0, .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  const auto claim = ClaimOver(std::move(pair.trainer), "there", RandomTicket(), SteadyNow());
  EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(claim.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(claim.status().message(), HasSubstr("ulimit -n"));
}

TEST(CheckAlive, SeesTheEndBehindUnreadBytes) {
  SocketPair pair;
  EXPECT_TRUE(CheckAlive(pair.trainer).ok());
  ASSERT_TRUE(SendPacket(pair.daemon, std::vector<std::byte>(5), {}).ok());
  EXPECT_TRUE(CheckAlive(pair.trainer).ok());
  pair.daemon.Close();
  EXPECT_EQ(CheckAlive(pair.trainer).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(CheckAlive(FileDescriptor()).code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace zerod
