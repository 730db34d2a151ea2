#ifndef ZEROD_COMM_MPI_NODE_MEETING_H_
#define ZEROD_COMM_MPI_NODE_MEETING_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "comm/meeting.h"
#include "comm/mpi/transfer_plan.h"
#include "comm/mpi/wire.h"

namespace zerod {

// How a node's part of a world reaches other nodes. Thread-safe; no method blocks.
class WorldLink {
 public:
  virtual ~WorldLink() = default;
  // In the order of the calls. May come back with a verdict before it returns.
  virtual void ToCoordinator(const WorldMessage& message) = 0;
  // Starts all transfers; `done` is called once, when the memory of all of them is free again.
  virtual void Move(std::vector<Transfer> transfers, std::function<void(absl::Status)> done) = 0;
};

struct NodeMeetingOptions {
  std::vector<int> node_of_rank;
  int node = 0;
  std::size_t inline_bytes = 0;  // a rank that sends no more than that inlines it
  std::size_t chunk_bytes = 0;
  std::size_t max_message_bytes = 0;
  PoisonNotice::Callback on_poison;
};

// The ranks of this node meet, and together with the other nodes. When all local ranks have joined,
// the coordinator hears of it; its verdict opens the first gate for them, or poisons the world. So
// a rank that gives up only tells the coordinator, and waits for the verdict like the others. After
// a go-ahead every rank copies what comes from this node while the transport moves the rest; the
// second gate opens when all of it is done.
class NodeMeeting final : public Meeting, public std::enable_shared_from_this<NodeMeeting> {
 public:
  NodeMeeting(NodeMeetingOptions options, std::unique_ptr<WorldLink> link);
  ~NodeMeeting() override;

  // Tells the coordinator that this part is formed; to be called once, first.
  void Open();

  int world_size() const override { return static_cast<int>(options_.node_of_rank.size()); }
  bool Lives(int rank) const override;
  absl::Status Meet(int rank, const CollectiveCall& call, absl::Time deadline) override;
  void Abort(const absl::Status& cause) override;

  // The coordinator's verdicts.
  void Proceed(const GoAhead& go);
  void Poison(const absl::Status& cause);

 private:
  using Lock = std::unique_lock<std::mutex>;
  std::size_t IndexOf(int rank) const;
  // With mutex_ held, when the last local rank has come.
  JoinCollective MakeJoin();
  ReportArrivals MakeReport(CollectiveKind kind, bool is_deadline) const;
  absl::Status PassFirstGate(CollectiveKind kind, Lock& lock, absl::Time deadline);
  absl::Status PassSecondGate(Lock& lock);
  // Unlocks meanwhile: the verdict may come back at once.
  void Tell(const WorldMessage& message, Lock& lock);
  // With mutex_ held.
  absl::Status Receive(const GoAhead& go);
  std::vector<Transfer> OpenFirstGate(int tag);
  void OpenSecondGateIfDone();

  void OnMoved(const absl::Status& status);

  const NodeMeetingOptions options_;
  const std::vector<int> ranks_;  // of this node, ascending
  const std::unique_ptr<WorldLink> link_;

  // All guarded by mutex_. Between the gates calls_ is only read, without it.
  std::vector<CollectiveCall> calls_;  // of the current collective, by index in ranks_
  std::vector<bool> has_arrived_;      // likewise
  std::vector<bool> is_inlined_;       // by rank of the world
  std::size_t arrived_count_ = 0;
  std::size_t copied_count_ = 0;
  bool has_reported_ = false;         // the coordinator knows of a part of the local ranks
  bool is_moving_ = false;            // the transport uses the ranks' memory
  absl::Status moved_;                // how that went
  std::uint64_t go_ahead_count_ = 0;  // collectives that passed the first gate
  std::uint64_t finished_count_ = 0;  // collectives that passed the second
};

}  // namespace zerod

#endif  // ZEROD_COMM_MPI_NODE_MEETING_H_
