#ifndef ZEROD_COMM_CLUSTER_H_
#define ZEROD_COMM_CLUSTER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "comm/world.h"

namespace zerod {

// What makes a world one of its kind, the same on all nodes.
struct WorldOptions {
  std::uint64_t job = 0;        // number of the job it is for; never used again
  std::uint64_t formation = 0;  // counts the worlds of the job, from 0
  std::vector<int> node_of_rank;
  // Called once, when this node learns that the world is poisoned, by a thread that holds no lock
  // of the caller's. Not called once the world object is gone.
  std::function<void(const absl::Status& cause)> on_poison;
};

// Of one message between nodes.
inline constexpr std::size_t kMaxClusterMessageBytes = std::size_t{64} << 20;

// The nodes that form worlds together, as seen from one of them: one process each. Thread-safe.
class Cluster {
 public:
  using Message = std::vector<std::byte>;
  using Handler = std::function<void(int from_node, Message message)>;

  virtual ~Cluster() = default;

  virtual int node_index() const = 0;
  virtual int node_count() const = 0;

  // This node's part of a world. Every node that `node_of_rank` names calls it with the same
  // options, sooner or later.
  virtual std::unique_ptr<World> FormWorld(WorldOptions options) = 0;

  // Hands `message`, of at most kMaxClusterMessageBytes, to the handler of `node`, which may be
  // this one. Messages from one node to another arrive in the order in which they were sent. Never
  // blocks for long.
  virtual void Send(int node, Message message) = 0;
  // Called once. `handler` runs on one thread of the cluster's own, one message at a time; messages
  // that came before wait for it.
  virtual void SetHandler(Handler handler) = 0;

  // Leaves the cluster: all nodes call it, after their last world is gone. Afterwards no handler
  // runs any more. kDeadlineExceeded: another node has not left in time; the process has to end
  // then, and what the cluster uses must not be destroyed before.
  virtual absl::Status Leave(absl::Time deadline) = 0;
};

}  // namespace zerod

#endif  // ZEROD_COMM_CLUSTER_H_
