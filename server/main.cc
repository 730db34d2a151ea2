// zerod, the daemon.
#include <systemd/sd-daemon.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "comm/inproc/single_node.h"
#include "comm/mpi/mpi_cluster.h"
#include "server/command_line.h"
#include "server/daemon.h"
#include "server/log.h"
#include "server/signals.h"

namespace zerod {
namespace {

absl::StatusOr<std::unique_ptr<Cluster>> MakeCluster(WorldKind kind) {
  if (kind == WorldKind::kSingle || (kind == WorldKind::kAuto && !StartedByMpi())) {
    return MakeSingleNodeCluster();
  }
  return MakeMpiCluster();
}

int Failed(const absl::Status& status) {
  Log(LogLevel::kError, "failed", {{"cause", status.ToString()}});
  StopLog();
  return 1;
}

int Run(const Flags& flags) {
  StartLog(flags.log_format, flags.log_level);
  auto cluster = MakeCluster(flags.world);
  if (!cluster.ok()) return Failed(cluster.status());
  SetLogNode((*cluster)->node_index());
  auto daemon = Daemon::Start(flags, *std::move(cluster));
  if (!daemon.ok()) return Failed(daemon.status());
  sd_notify(0, "READY=1");
  std::string reason;
  absl::Status stopped;
  {
    const SignalWatch signals(&(*daemon)->stop());
    reason = (*daemon)->stop().Await();
    sd_notify(0, "STOPPING=1");
    stopped = (*daemon)->Stop(reason);
  }
  // The cluster has not been left, so messages of other nodes still come in: nothing may be
  // destroyed.
  if (!stopped.ok()) std::_Exit(Failed(stopped));
  Log(LogLevel::kInfo, "stopped");
  StopLog();
  return 0;
}

int Main(int argc, const char* const* argv) {
  BlockStopSignals();
  const auto line = ParseCommandLine(argc, argv);
  if (!line.ok()) {
    std::fprintf(stderr, "zerod: %s\n", std::string(line.status().message()).c_str());
    return 2;
  }
  if (line->answer) {
    std::fputs(line->answer->c_str(), stdout);
    return 0;
  }
  return Run(line->flags);
}

}  // namespace
}  // namespace zerod

int main(int argc, char** argv) { return zerod::Main(argc, argv); }
