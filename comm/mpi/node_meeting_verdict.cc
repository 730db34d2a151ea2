// What a NodeMeeting does when the coordinator has spoken.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "comm/mpi/inlining.h"
#include "comm/mpi/node_meeting.h"

namespace zerod {

void NodeMeeting::Proceed(const GoAhead& go) {
  std::vector<Transfer> transfers;
  {
    std::lock_guard lock(mutex_);
    // Poisoned without the coordinator's knowledge: the ranks have returned, and with them their
    // memory.
    if (!poison_.ok()) return;
    if (absl::Status received = Receive(go); !received.ok()) {
      PoisonLocked(received);
      return;
    }
    transfers = OpenFirstGate(go.tag);
  }
  // Not with the lock held: a transport that has stopped is done at once.
  if (!transfers.empty()) {
    link_->Move(std::move(transfers),
                [self = shared_from_this()](const absl::Status& status) { self->OnMoved(status); });
  }
}

// The ranks wait at the first gate, so their memory can be written without asking them.
absl::Status NodeMeeting::Receive(const GoAhead& go) {
  if (go.collective != go_ahead_count_ || arrived_count_ != ranks_.size() ||
      go.sum.size() != calls_[0].values.size()) {
    return absl::InternalError(absl::StrCat("node ", options_.node_of_rank[0], " lets collective ",
                                            go.collective,
                                            " go ahead, which is not the one that was joined"));
  }
  for (const InlinedBytes& inlined : go.inlined) {
    if (inlined.sender < 0 || inlined.sender >= world_size() || !Scatter(inlined, ranks_, calls_)) {
      return absl::InternalError(
          absl::StrCat("rank ", inlined.sender, " inlined bytes that nobody asked for"));
    }
    is_inlined_[inlined.sender] = true;
  }
  for (const CollectiveCall& call : calls_) std::ranges::copy(go.sum, call.values.begin());
  return absl::OkStatus();
}

std::vector<Transfer> NodeMeeting::OpenFirstGate(int tag) {
  std::vector<Transfer> transfers = PlanTransfers({.node_of_rank = options_.node_of_rank,
                                                   .node = options_.node,
                                                   .ranks = ranks_,
                                                   .calls = calls_,
                                                   .is_inlined = is_inlined_,
                                                   .tag = tag,
                                                   .chunk_bytes = options_.chunk_bytes});
  is_moving_ = !transfers.empty();
  moved_ = absl::OkStatus();
  std::fill(has_arrived_.begin(), has_arrived_.end(), false);
  std::fill(is_inlined_.begin(), is_inlined_.end(), false);
  arrived_count_ = 0;
  has_reported_ = false;
  ++go_ahead_count_;
  changed_.notify_all();
  return transfers;
}

void NodeMeeting::OnMoved(const absl::Status& status) {
  std::lock_guard lock(mutex_);
  is_moving_ = false;
  moved_ = status;
  if (!status.ok()) PoisonLocked(status);
  OpenSecondGateIfDone();
}

void NodeMeeting::OpenSecondGateIfDone() {
  if (is_moving_ || copied_count_ != ranks_.size()) return;
  copied_count_ = 0;
  ++finished_count_;
  changed_.notify_all();
}

void NodeMeeting::Poison(const absl::Status& cause) {
  std::lock_guard lock(mutex_);
  PoisonLocked(cause);
}

void NodeMeeting::Abort(const absl::Status& cause) {
  if (!cause.ok()) link_->ToCoordinator(AbortWorld{cause});
}

}  // namespace zerod
