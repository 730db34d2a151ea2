// Measures the MPI transport: mpirun -n 2 comm_mpi_probe. Prints, on node 0, the latency of a small
// AllReduceSum, the bandwidth of an AllToAllV, and what an idle process costs.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <vector>

#include "absl/time/clock.h"
#include "comm/mpi/mpi_cluster.h"

namespace zerod {
namespace {

constexpr absl::Duration kIdle = absl::Seconds(20);

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         1e-6 * static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

template <typename Body>
double SecondsPerCall(int call_count, Body body) {
  const absl::Time start = absl::Now();
  for (int i = 0; i < call_count; ++i) {
    if (absl::Status status = body(); !status.ok())
      std::fprintf(stderr, "%s\n", status.message().data());
  }
  return absl::ToDoubleSeconds(absl::Now() - start) / call_count;
}

void Measure(Communicator& comm, bool prints) {
  const absl::Time deadline = absl::Now() + absl::Minutes(5);
  std::vector<std::int64_t> values(16);
  const auto reduce = [&] { return comm.AllReduceSum(values, deadline); };
  SecondsPerCall(100, reduce);
  const double reduce_s = SecondsPerCall(5000, reduce);
  const double rested_s = SecondsPerCall(20, [&] {
    absl::SleepFor(absl::Milliseconds(100));
    return comm.AllReduceSum(values, deadline);
  });

  constexpr std::size_t kBytes = std::size_t{8} << 20;
  const int world_size = comm.world_size();
  std::vector<std::vector<std::byte>> sent(world_size), received(world_size);
  for (int peer = 0; peer < world_size; ++peer) {
    if (peer == comm.rank()) continue;
    sent[peer].resize(kBytes);
    received[peer].resize(kBytes);
  }
  const std::vector<ConstBytes> send(sent.begin(), sent.end());
  const std::vector<Bytes> receive(received.begin(), received.end());
  const auto exchange = [&] { return comm.AllToAllV(send, receive, deadline); };
  SecondsPerCall(5, exchange);
  const double exchange_s = SecondsPerCall(50, exchange);
  if (!prints) return;
  std::printf("AllReduceSum of 16 values   %8.1f us, 100 ms after the one before %8.1f us\n",
              1e6 * reduce_s, 1e6 * rested_s - 100e3);
  std::printf("AllToAllV of 8 MiB          %8.1f us, %.2f GB/s sent and received by each rank\n",
              1e6 * exchange_s, kBytes * (world_size - 1) / exchange_s / 1e9);
}

int Run() {
  auto cluster = MakeMpiCluster();
  if (!cluster.ok()) return 1;
  const int node = (*cluster)->node_index();
  {
    WorldOptions options;
    for (int i = 0; i < (*cluster)->node_count(); ++i) options.node_of_rank.push_back(i);
    auto world = (*cluster)->FormWorld(options);
    auto comm = world->Connect(node);
    Measure(*comm, node == 0);
    const double before_s = CpuSeconds();
    absl::SleepFor(kIdle);
    const double share = (CpuSeconds() - before_s) / absl::ToDoubleSeconds(kIdle);
    std::printf("idle node %d uses %.2f %% of a core\n", node, 100 * share);
  }
  return (*cluster)->Leave(absl::Now() + absl::Minutes(1)).ok() ? 0 : 1;
}

}  // namespace
}  // namespace zerod

int main() { return zerod::Run(); }
