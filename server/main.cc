// zerod, the daemon.
#include <systemd/sd-daemon.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "comm/inproc/single_node.h"
#include "comm/mpi/mpi_cluster.h"
#include "server/command_line.h"
#include "server/daemon.h"
#include "server/log.h"
#include "server/signals.h"

namespace zerod {
namespace {

absl::StatusOr<std::unique_ptr<Cluster>> MakeCluster(WorldKind kind) {
  if (kind == WorldKind::kSingle) return MakeSingleNodeCluster();
  if (StartedByMpi()) return MakeMpiCluster();
  if (kind == WorldKind::kAuto) return MakeSingleNodeCluster();
  return absl::FailedPreconditionError(
      "--world mpi: this process was not started by mpirun, nor by another launcher of MPI");
}

int Failed(const absl::Status& status) {
  Log(LogLevel::kError, "failed", {{"cause", status.ToString()}});
  StopLog();
  return 1;
}

int Run(const Flags& flags) {
  StartLog(flags.log_format, flags.log_level);
  StopLatch stop;
  const SignalWatch signals(&stop);
  auto cluster = MakeCluster(flags.world);
  if (!cluster.ok()) return Failed(cluster.status());
  SetLogNode((*cluster)->node_index());
  auto daemon = Daemon::Start(flags, *std::move(cluster), &stop);
  // Unless the cluster has been left, messages of other nodes still come in: nothing may be
  // destroyed.
  if (!daemon.ok()) std::_Exit(Failed(daemon.status()));
  sd_notify(0, "READY=1");
  const std::string reason = stop.Await();
  sd_notify(0, "STOPPING=1");
  const absl::Status stopped = (*daemon)->Stop(reason);
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
