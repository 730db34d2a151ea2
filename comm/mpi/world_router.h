#ifndef ZEROD_COMM_MPI_WORLD_ROUTER_H_
#define ZEROD_COMM_MPI_WORLD_ROUTER_H_

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "comm/mpi/node_meeting.h"
#include "comm/mpi/wire.h"
#include "comm/mpi/world_coordinator.h"

namespace zerod {

// The transport below the router. Thread-safe; no method blocks.
class MessagePort {
 public:
  virtual ~MessagePort() = default;
  virtual void SendWorldMessage(int node, std::vector<std::byte> message) = 0;
  // Says that messages are to be expected soon, so that they are not kept waiting.
  virtual void Wake() = 0;
  // As WorldLink::Move.
  virtual void Move(std::vector<Transfer> transfers, std::function<void(absl::Status)> done) = 0;
};

// Brings each world message to the coordinator or the meeting that it is for, on this node or
// another. A meeting is known from before its OpenWorld until its coordinator has answered its
// LeaveWorld, which frames all that the coordinator says: so nothing comes for a world that is not
// formed yet, and what comes for one that nobody uses any more is dropped. Thread-safe.
class WorldRouter {
 public:
  struct Options {
    int node = 0;
    int node_count = 0;
    int max_tag = 0;
  };
  WorldRouter(Options options, std::shared_ptr<MessagePort> port)
      : options_(options), port_(std::move(port)) {}

  // This node's part of a world, which is now open. Each world is formed once.
  static std::shared_ptr<NodeMeeting> Form(const std::shared_ptr<WorldRouter>& router,
                                           const WorldKey& world, NodeMeetingOptions options);

  // A message from another node. kInternal: it cannot be read.
  absl::Status Receive(int from_node, const std::vector<std::byte>& message);
  // Poisons all worlds, now and later, without asking coordinators, which may be gone.
  void FailAll(const absl::Status& cause);
  // Waits until all worlds are closed; kDeadlineExceeded names one that is not.
  absl::Status AwaitAllClosed(absl::Time deadline);

 private:
  class Link;

  void ToCoordinator(const WorldKey& world, int coordinator, const WorldMessage& message);
  void Coordinate(const WorldKey& world, int from_node, const WorldMessage& message);
  // Returns the meeting, if it still exists, for the caller to let go of without a lock.
  std::shared_ptr<NodeMeeting> ToMeeting(const WorldKey& world, const WorldMessage& message);
  void Close(const WorldKey& world);
  int TakeTag();

  const Options options_;
  const std::shared_ptr<MessagePort> port_;

  // Held while a coordinator's envelopes are sent, so that they leave in the order of its
  // decisions. Taken before meetings_mutex_ and before the meetings' own.
  std::mutex coordinators_mutex_;
  std::map<WorldKey, WorldCoordinator> coordinators_;  // guarded by coordinators_mutex_
  std::set<int> tags_in_use_;                          // guarded by coordinators_mutex_
  int next_tag_number_ = 0;                            // guarded by coordinators_mutex_

  std::mutex meetings_mutex_;
  std::condition_variable closed_;
  std::map<WorldKey, std::weak_ptr<NodeMeeting>> meetings_;  // guarded by meetings_mutex_
  absl::Status failure_;                                     // guarded by meetings_mutex_
};

}  // namespace zerod

#endif  // ZEROD_COMM_MPI_WORLD_ROUTER_H_
