// How daemons start, what they refuse to start on, and how they end.
#include <signal.h>
#include <sys/stat.h>

#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/daemon_fixture.h"
#include "tests/server/raw_client.h"

namespace zerod {
namespace {

using testing::HasSubstr;

mode_t ModeOf(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 0777;
}

// A daemon that is expected to end by itself; its exit code, and what it said.
std::pair<int, std::string> RunToItsEnd(const std::vector<std::string>& flags) {
  const std::string output = testing::TempDir() + "/zerod_daemon_start_test";
  std::remove(output.c_str());
  std::vector<std::string> command = {DaemonProgram()};
  command.insert(command.end(), flags.begin(), flags.end());
  ChildProcess process(command, output);
  const auto ended = process.Wait(absl::Now() + absl::Seconds(30));
  EXPECT_TRUE(ended.has_value());
  std::ifstream file(output);
  const std::string said{std::istreambuf_iterator<char>(file), {}};
  std::remove(output.c_str());
  return {ended.value_or(-1000), said};
}

TEST(DaemonStart, SocketsHaveTheirModeAndVanishAtTheEnd) {
  Daemons daemons({.flags = {"--socket-mode", "660"}});
  const std::string path = daemons.folder() + "/0";
  EXPECT_EQ(ModeOf(path), 0660u);
  EXPECT_EQ(ModeOf(path + ".attach"), 0660u);
  EXPECT_EQ(daemons.Stop(), 0);
  EXPECT_NE(access(path.c_str(), F_OK), 0);
  EXPECT_NE(access((path + ".attach").c_str(), F_OK), 0);
  EXPECT_THAT(daemons.Log(),
              HasSubstr(absl::StrCat("event=stopping reason=\"SIGTERM from process ", getpid())));
}

TEST(DaemonStart, RefusesAPathThatAnotherDaemonServes) {
  const Daemons daemons;
  const auto [code, said] = RunToItsEnd({"--listen", daemons.address(0)});
  EXPECT_EQ(code, 1);
  EXPECT_THAT(said, HasSubstr(daemons.folder() + "/0.attach: another process listens there"));
  EXPECT_NE(daemons.Connect(), nullptr);
}

TEST(DaemonStart, TakesAStaleSocketOver) {
  Daemons daemons;
  const std::string address = daemons.address(0);
  const std::string path = daemons.folder() + "/0";
  kill(daemons.pid(0), SIGKILL);
  EXPECT_EQ(daemons.AwaitEnd(), -SIGKILL);
  EXPECT_EQ(access(path.c_str(), F_OK), 0);
  ChildProcess next({DaemonProgram(), "--listen", address}, daemons.folder() + "/log");
  const absl::Time deadline = absl::Now() + absl::Seconds(30);
  while (!Service::Connect({.address = address}).ok() && absl::Now() < deadline) {
  }
  kill(next.pid(), SIGTERM);
  EXPECT_EQ(next.Wait(deadline), 0);
}

TEST(DaemonStart, TwoSignalsAtOnceAreOne) {
  Daemons daemons;
  kill(daemons.pid(0), SIGTERM);
  absl::SleepFor(absl::Milliseconds(20));
  kill(daemons.pid(0), SIGTERM);
  EXPECT_EQ(daemons.AwaitEnd(), 0);
}

// The other daemon keeps this one from leaving.
TEST(DaemonStart, ALaterSignalEndsItAtOnce) {
  Daemons daemons({.ranks_per_node = {1, 1}, .flags = {"--shutdown-deadline", "5m"}});
  kill(daemons.pid(1), SIGSTOP);
  kill(daemons.pid(0), SIGTERM);
  EXPECT_TRUE(daemons.WaitForLog("event=stopping"));
  absl::SleepFor(absl::Milliseconds(1100));
  kill(daemons.pid(0), SIGTERM);
  EXPECT_NE(daemons.AwaitEnd(), 0);
  EXPECT_THAT(daemons.Log(), HasSubstr("event=stopped_at_once"));
}

TEST(DaemonStart, WantsALauncherForAWorldOfMpi) {
  const auto [code, said] =
      RunToItsEnd({"--listen", "unix:" + testing::TempDir() + "/unused", "--world", "mpi"});
  EXPECT_EQ(code, 1);
  EXPECT_THAT(said, HasSubstr("--world mpi: this process was not started by mpirun"));
}

TEST(DaemonStart, NamesABadFlag) {
  const auto [code, said] = RunToItsEnd({"--listen", "tcp:0.0.0.0:1"});
  EXPECT_EQ(code, 2);
  EXPECT_THAT(said, HasSubstr("--tls-cert"));
}

TEST(DaemonStart, NamesATlsFileThatCannotBeRead) {
  const auto [code, said] = RunToItsEnd({"--listen", "tcp:127.0.0.1:0", "--tls-cert", "/none.pem",
                                         "--tls-key", "/none.key", "--tls-ca", "/none.ca"});
  EXPECT_EQ(code, 1);
  EXPECT_THAT(said, HasSubstr("/none."));
}

TEST(DaemonStart, OneSignalStopsTheWholeCluster) {
  Daemons daemons({.ranks_per_node = {1, 1, 1}});
  RawClient client(daemons.address(2));  // stays connected, and idle
  ASSERT_TRUE(CreateSmallJob(client, "small").ok());
  const absl::Time start = absl::Now();
  EXPECT_EQ(daemons.Stop(), 0);
  // Long before --shutdown-deadline. Sanitizers search for leaks at the end, at their leisure.
  if (!ZEROD_SANITIZED) {
    EXPECT_LT(absl::Now() - start, absl::Seconds(5));
  }
  EXPECT_THAT(daemons.Log(), HasSubstr("event=stopping reason=\"node 0 is stopping\""));
}

// mpirun passes a signal on to all, and kills those that take longer than a second.
TEST(DaemonStart, OpenCallsDoNotHoldTheEndUp) {
  Daemons daemons;
  RawClient client(daemons.address(0));
  ASSERT_TRUE(CreateSmallJob(client, "first").ok());
  grpc::ClientContext watch_context;
  v1::WatchEventsRequest watch;
  watch.set_follow(true);
  const auto reader = client.cluster->WatchEvents(&watch_context, watch);
  v1::Event event;
  ASSERT_TRUE(reader->Read(&event));
  grpc::ClientContext create_context;
  v1::CreateJobResponse response;
  const auto writer = client.jobs->CreateJob(&create_context, &response);
  writer->Write(SmallJobHeader("small"));
  while (StatusOfFirstNode(client).jobs() < 2) absl::SleepFor(absl::Milliseconds(2));
  const absl::Time start = absl::Now();
  EXPECT_EQ(daemons.Stop(), 0);
  EXPECT_LT(absl::Now() - start, absl::Seconds(3));
  while (reader->Read(&event)) {
  }
  EXPECT_EQ(event.kind(), v1::EVENT_KIND_DAEMON_STOPPING);
  reader->Finish();
  EXPECT_EQ(writer->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace zerod
