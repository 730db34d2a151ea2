// A cluster of two nodes in which node 1 does what it should not; mpi_misbehaviour_test.sh says
// what must come of it. usage: mpirun -n 2 comm_mpi_misbehaviour
// killed|no_farewell|stopped|destroyed
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include "absl/time/clock.h"
#include "comm/mpi/mpi_cluster.h"

namespace zerod {
namespace {

// Node 0 waits in a collective when node 1 ends.
void WaitForAKilledNode(Cluster& cluster) {
  auto world = cluster.FormWorld({.job = 1, .node_of_rank = {0, 1}});
  auto comm = world->Connect(cluster.node_index());
  if (!comm->Barrier(absl::InfiniteFuture()).ok()) return;
  if (cluster.node_index() == 1) std::raise(SIGKILL);
  std::printf("%s\n", comm->Barrier(absl::InfiniteFuture()).ToString().c_str());
}

void LeaveAlone(Cluster& cluster) {
  if (cluster.node_index() == 1) {
    absl::SleepFor(absl::Seconds(3));
    return;
  }
  std::printf("%s\n", cluster.Leave(absl::Now() + absl::Seconds(1)).ToString().c_str());
  std::fflush(stdout);
  absl::SleepFor(absl::Seconds(1));
}

// Node 1 stands still once it has said its farewell; node 0 says its own only then.
void LeaveAStoppedNode(Cluster& cluster) {
  if (cluster.node_index() == 1) {
    std::thread([] {
      absl::SleepFor(absl::Seconds(1));
      std::raise(SIGSTOP);
    }).detach();
    cluster.Leave(absl::InfiniteFuture()).IgnoreError();
    return;
  }
  absl::SleepFor(absl::Seconds(2));
  std::printf("%s\n", cluster.Leave(absl::Now() + absl::Seconds(1)).ToString().c_str());
  std::fflush(stdout);
  std::_Exit(1);
}

// Node 0 gives its cluster up while one of its ranks waits.
void DestroyUnderACollective(std::unique_ptr<Cluster> cluster) {
  auto world = cluster->FormWorld({.job = 1, .node_of_rank = {0, 1}});
  if (cluster->node_index() == 1) absl::SleepFor(absl::Seconds(3));
  if (cluster->node_index() == 1) return;
  auto comm = world->Connect(0);
  cluster.reset();
  std::printf("%s\n", comm->Barrier(absl::InfiniteFuture()).ToString().c_str());
  std::fflush(stdout);
  absl::SleepFor(absl::Seconds(1));
}

int Run(const std::string& what) {
  auto cluster = MakeMpiCluster();
  if (!cluster.ok()) return 1;
  if (what == "killed") WaitForAKilledNode(**cluster);
  if (what == "no_farewell") LeaveAlone(**cluster);
  if (what == "stopped") LeaveAStoppedNode(**cluster);
  if (what == "destroyed") DestroyUnderACollective(*std::move(cluster));
  return 0;
}

}  // namespace
}  // namespace zerod

int main(int, char** argv) { return zerod::Run(argv[1]); }
