#ifndef ZEROD_COMM_MPI_MPI_CLUSTER_H_
#define ZEROD_COMM_MPI_MPI_CLUSTER_H_

#include <cstddef>
#include <memory>

#include "absl/status/statusor.h"
#include "comm/cluster.h"

namespace zerod {

struct MpiOptions {
  // A rank that sends no more than that to other nodes does so within the messages by which a
  // collective is agreed on, which saves it a second round.
  std::size_t inline_bytes = 4096;
  // Longer transfers are cut, because MPI counts in int. The same on all nodes, at most 1 GiB.
  std::size_t chunk_bytes = std::size_t{1} << 30;
};

// Whether mpirun or another launcher of MPI programs has started this process.
bool StartedByMpi();

// The processes that mpirun started together, a node each; node_index() is MPI's rank. Returns when
// all of them have called it. A process makes one such cluster in its life, and nothing else in it
// calls MPI. A message has at most 64 MiB.
//
// A process that ends early ends all of them, which is mpirun's doing. One that is stopped without
// ending holds up the worlds that it coordinates, the node of their rank 0, past all deadlines.
//
// Leave() must be called for an orderly end. Without it the destructor stops taking part at once,
// poisons this node's part of all worlds with kCancelled, and MPI considers the process as failed
// when it exits.
absl::StatusOr<std::unique_ptr<Cluster>> MakeMpiCluster(MpiOptions options = {});

}  // namespace zerod

#endif  // ZEROD_COMM_MPI_MPI_CLUSTER_H_
