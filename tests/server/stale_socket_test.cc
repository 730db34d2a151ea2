// Daemons that find what a dead one has left behind.
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/daemon_fixture.h"

namespace zerod {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(30);

class StaleSocket : public testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(mkdtemp(folder_.data()), nullptr); }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string Path() const { return folder_ + "/z"; }
  std::string LogPath(int daemon) const { return absl::StrCat(folder_, "/log", daemon); }
  // Starts a daemon at Path().
  std::unique_ptr<ChildProcess> Start(int daemon) const {
    const std::vector<std::string> command = {DaemonProgram(), "--listen", "unix:" + Path()};
    return std::make_unique<ChildProcess>(command, LogPath(daemon));
  }
  std::string Log(int daemon) const {
    std::ifstream file(LogPath(daemon));
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::string folder_ = "/tmp/zerod-test-XXXXXX";  // short: a socket's path can't be long
};

void LeaveSocketBehind(int type, const std::string& path) {
  const int dead = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
  sockaddr_un address{.sun_family = AF_UNIX};
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  EXPECT_EQ(bind(dead, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0) << path;
  close(dead);
}

// Whichever of the two ends first; -1: none does.
int FirstToEnd(const std::array<std::unique_ptr<ChildProcess>, 2>& daemons) {
  const absl::Time deadline = absl::Now() + kPatience;
  while (absl::Now() < deadline) {
    for (int daemon : {0, 1}) {
      if (daemons[daemon]->Poll()) return daemon;
    }
    absl::SleepFor(absl::Milliseconds(1));
  }
  return -1;
}

TEST_F(StaleSocket, OfTwoDaemonsThatComeAtOnceOneServes) {
  for (int round = 0; round < 20; ++round) {
    LeaveSocketBehind(SOCK_STREAM, Path());
    LeaveSocketBehind(SOCK_SEQPACKET, Path() + ".attach");
    const std::array<std::unique_ptr<ChildProcess>, 2> daemons = {Start(0), Start(1)};
    const int loser = FirstToEnd(daemons);
    ASSERT_NE(loser, -1) << "both serve\n" << Log(0) << Log(1);
    EXPECT_EQ(daemons[loser]->Poll(), 1);
    EXPECT_THAT(Log(loser), testing::HasSubstr(Path() + ".attach: another process listens there"));
    ChildProcess& winner = *daemons[1 - loser];
    absl::Status reached = absl::UnknownError("");
    const absl::Time deadline = absl::Now() + kPatience;
    while (!reached.ok() && !winner.Poll() && absl::Now() < deadline) {
      reached = Service::Connect({.address = "unix:" + Path()}).status();
    }
    ASSERT_TRUE(reached.ok()) << reached << "\n" << Log(1 - loser);
    kill(winner.pid(), SIGTERM);
    ASSERT_EQ(winner.Wait(absl::Now() + kPatience), 0) << Log(1 - loser);
    for (int daemon : {0, 1}) std::filesystem::remove(LogPath(daemon));
  }
}

}  // namespace
}  // namespace zerod
