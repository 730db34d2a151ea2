#ifndef ZEROD_COMM_MPI_WORLD_MESSAGE_H_
#define ZEROD_COMM_MPI_WORLD_MESSAGE_H_

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "comm/collective_call.h"

// What nodes say to each other about a world. Its coordinator, the node of rank 0, hears what
// happens on every node and decides alone; what it says is the same for all. From one node to
// another messages arrive in the order in which they were sent.
namespace zerod {

struct WorldKey {
  std::uint64_t job = 0;
  std::uint64_t formation = 0;

  friend bool operator==(const WorldKey&, const WorldKey&) = default;
  friend bool operator<(const WorldKey& left, const WorldKey& right) {
    return std::tie(left.job, left.formation) < std::tie(right.job, right.formation);
  }
};

// --- From a node to the coordinator ---

// First: the node has formed its part of the world, which looks like this.
struct OpenWorld {
  std::vector<int> node_of_rank;
};

// A local rank's part in a collective.
struct RankCall {
  int rank = 0;
  CallShape shape;
  // Whether `inlined` has the bytes for ranks on other nodes: kAllToAllV one receiver after the
  // other, else the contribution. What is not inlined follows the coordinator's go-ahead.
  bool is_inlined = false;
  std::vector<std::byte> inlined;
};

// All local ranks have joined the collective, which is counted from 0.
struct JoinCollective {
  std::uint64_t collective = 0;
  std::vector<RankCall> calls;    // of the node's ranks, ascending
  std::vector<std::int64_t> sum;  // kAllReduceSum: of their values
};

// Some of the local ranks have joined, and nothing happens.
struct ReportArrivals {
  std::uint64_t collective = 0;
  CollectiveKind kind = CollectiveKind::kBarrier;
  std::vector<int> arrived;
  bool is_deadline = false;  // a rank does not want to wait any longer
};

struct AbortWorld {
  absl::Status cause;
};

// Last: nobody on the node uses the world any more.
struct LeaveWorld {};

// --- From the coordinator to a node ---

// What `sender`, on another node, inlined for this one: kAllToAllV one local receiver after the
// other, else the contribution.
struct InlinedBytes {
  int sender = 0;
  std::vector<std::byte> bytes;
};

// All ranks have joined the collective and their calls fit together. From here on nobody can give
// it up: what was not inlined moves between the nodes, as messages with this tag.
struct GoAhead {
  std::uint64_t collective = 0;
  int tag = 0;
  std::vector<InlinedBytes> inlined;  // senders ascending
  std::vector<std::int64_t> sum;      // kAllReduceSum
};

struct PoisonWorld {
  absl::Status cause;
};

// The answer to LeaveWorld, and the last that a node hears of the world.
struct WorldClosed {};

}  // namespace zerod

#endif  // ZEROD_COMM_MPI_WORLD_MESSAGE_H_
