#ifndef ZEROD_COMM_MPI_MPI_CLUSTER_H_
#define ZEROD_COMM_MPI_MPI_CLUSTER_H_

#include <cstddef>
#include <memory>

#include "absl/status/statusor.h"
#include "comm/cluster.h"

namespace zerod {

struct MpiOptions {
  // A rank that sends no more than that to other nodes does so within the messages by which a
  // collective is agreed on, which saves it a second round. At most 64 KiB: what 1,000 ranks inline
  // for one node has to fit into one message.
  std::size_t inline_bytes = 4096;
  // Longer transfers are cut, because MPI counts in int. The same on all nodes, at most 1 GiB.
  std::size_t chunk_bytes = std::size_t{1} << 30;
};

// Whether mpirun or another launcher of MPI programs has started this process.
bool StartedByMpi();

// The processes that mpirun started together, a node each; node_index() is MPI's rank. Returns when
// all of them have called it. A process makes one such cluster in its life, and nothing else in it
// calls MPI.
//
// A process that ends early ends all of them, which is mpirun's doing. One that is stopped without
// ending holds up the worlds that it coordinates, the node of their rank 0, past all deadlines.
//
// Leave() must be called for an orderly end. Its last part is MPI_Finalize, which waits for all
// processes and can't be given up: after a kDeadlineExceeded that says so its thread stays behind,
// inside MPI, and the process must end by _exit or a signal. Without Leave() the destructor stops
// taking part at once, poisons this node's part of all worlds with kCancelled, and MPI considers
// the process as failed when it exits.
//
// The destructor, or a Leave() that failed, makes collectives that are under way return. Unlike
// after any other end of a collective their buffers are not free: MPI may go on reading and writing
// them until the process ends.
absl::StatusOr<std::unique_ptr<Cluster>> MakeMpiCluster(MpiOptions options = {});

}  // namespace zerod

#endif  // ZEROD_COMM_MPI_MPI_CLUSTER_H_
