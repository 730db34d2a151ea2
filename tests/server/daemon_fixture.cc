#include "tests/server/daemon_fixture.h"

#include <signal.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"

namespace zerod {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(30);

// Open MPI on one machine, whatever that has: root, few cores, no ssh, no right to read the memory
// of other processes.
const std::vector<std::string> kMpiEnvironment = {
    "OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1", "OMPI_MCA_plm=isolated",
    "OMPI_MCA_pml=ob1", "OMPI_MCA_btl=self,vader", "OMPI_MCA_btl_vader_single_copy_mechanism=none",
    // The fast unwinder does not get through Open MPI, whose leaks are suppressed by their stacks.
    "ASAN_OPTIONS=fast_unwind_on_malloc=0"};

std::vector<std::string> Command(const DaemonOptions& options, const std::string& listen) {
  const bool is_cluster = options.ranks_per_node.size() > 1;
  std::vector<std::string> command;
  if (is_cluster) command = {ZEROD_MPIEXEC, "--oversubscribe", "--bind-to", "none"};
  for (std::size_t node = 0; node < options.ranks_per_node.size(); ++node) {
    if (node > 0) command.emplace_back(":");
    if (is_cluster) command.insert(command.end(), {"-n", "1"});
    command.insert(command.end(), {ZEROD_DAEMON_PROGRAM, "--listen", listen, "--devices",
                                   absl::StrCat("cpu:", options.ranks_per_node[node])});
    command.insert(command.end(), options.flags.begin(), options.flags.end());
  }
  return command;
}

// The pid that node `node` has logged when it was ready; 0: it has not.
pid_t ReadyPid(const std::string& log, int node) {
  const std::string text = absl::StrCat("node=", node, " event=ready pid=");
  const std::size_t found = log.find(text);
  if (found == std::string::npos) return 0;
  return std::atoi(log.c_str() + found + text.size());
}

}  // namespace

std::string DaemonProgram() { return ZEROD_DAEMON_PROGRAM; }

Daemons::Daemons(const DaemonOptions& options) {
  std::string folder = "/tmp/zerod-test-XXXXXX";  // short: a socket's path can't be long
  EXPECT_NE(mkdtemp(folder.data()), nullptr);
  folder_ = folder;
  process_ = std::make_unique<ChildProcess>(
      Command(options, absl::StrCat("unix:", folder_, "/{node}")), LogPath(), kMpiEnvironment);
  for (std::size_t node = 0; node < options.ranks_per_node.size(); ++node) {
    EXPECT_TRUE(WaitForLog(absl::StrCat("node=", node, " event=ready"))) << Log();
    pids_.push_back(ReadyPid(Log(), static_cast<int>(node)));
  }
}

Daemons::~Daemons() {
  if (!process_->Poll()) {
    EXPECT_EQ(Stop(), 0) << Log();
  }
  process_ = nullptr;
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string Daemons::address(int node) const { return absl::StrCat("unix:", folder_, "/", node); }

std::string Daemons::Log() const {
  std::ifstream file(LogPath());
  return {std::istreambuf_iterator<char>(file), {}};
}

bool Daemons::WaitForLog(const std::string& text) const {
  const absl::Time deadline = absl::Now() + kPatience;
  while (!absl::StrContains(Log(), text)) {
    if (absl::Now() > deadline || process_->Poll()) return absl::StrContains(Log(), text);
    absl::SleepFor(absl::Milliseconds(5));
  }
  return true;
}

std::unique_ptr<Service> Daemons::Connect(int node) const {
  auto service = Service::Connect({.address = address(node)});
  EXPECT_TRUE(service.ok()) << service.status() << "\n" << Log();
  return service.ok() ? *std::move(service) : nullptr;
}

int Daemons::Stop() {
  if (!pids_.empty() && pids_[0] > 0) kill(pids_[0], SIGTERM);
  return AwaitEnd();
}

int Daemons::AwaitEnd() {
  const std::optional<int> ended = process_->Wait(absl::Now() + kPatience);
  EXPECT_TRUE(ended.has_value()) << "the daemons did not end\n" << Log();
  return ended.value_or(-1000);
}

}  // namespace zerod
