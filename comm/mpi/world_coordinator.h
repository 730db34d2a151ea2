#ifndef ZEROD_COMM_MPI_WORLD_COORDINATOR_H_
#define ZEROD_COMM_MPI_WORLD_COORDINATOR_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "comm/mpi/wire.h"

namespace zerod {

// What the coordinator says next, and to which node.
struct Envelope {
  int node = 0;
  WorldMessage message;
};

// Decides what happens in one world. It decides each collective once, for all nodes: either all of
// them go ahead, or the world is poisoned, with the first cause that got here. An abort that comes
// after the go-ahead therefore poisons what follows, and no transfer between nodes is ever given up
// halfway.
//
// A pure state machine: it takes what nodes say, in the order of its arrival, and returns what to
// tell them. It needs none of the node's ranks, so it answers as long as its process lives.
class WorldCoordinator {
 public:
  // `tag` marks the world's messages between nodes that carry what was not inlined.
  WorldCoordinator(std::vector<int> node_of_rank, int tag);

  std::vector<Envelope> Take(int node, const WorldMessage& message);

  // Whether all nodes have left; nothing more will come.
  bool finished() const;
  int tag() const { return tag_; }

 private:
  struct Node {
    std::vector<int> ranks;  // none: a node that takes part by mistake
    bool is_open = false;    // it has formed its part, and can be told something
    bool has_left = false;   // it must not be told anything any more
    bool has_joined = false;
    std::vector<std::int64_t> sum;  // of its ranks' values
  };

  void On(int node, const OpenWorld& open);
  void On(int node, const JoinCollective& join);
  void On(int node, const ReportArrivals& report);
  void On(int node, const AbortWorld& abort);
  void On(int node, const LeaveWorld& leave);
  template <typename NotForCoordinators>
  void On(int node, const NotForCoordinators& message);

  void Decide();
  absl::Status Check() const;
  void GoAheadEverywhere();
  void Poison(const absl::Status& cause);
  void PoisonAsMalformed(int node, const std::string& what);

  const std::vector<int> node_of_rank_;
  const int tag_;
  std::map<int, Node> nodes_;
  absl::Status poison_;
  std::uint64_t collective_ = 0;   // the one to be decided next
  std::vector<RankCall> calls_;    // of its ranks, as far as their nodes have joined
  std::vector<bool> has_arrived_;  // ranks that are known to wait in it
  std::vector<Envelope> outbox_;
};

}  // namespace zerod

#endif  // ZEROD_COMM_MPI_WORLD_COORDINATOR_H_
