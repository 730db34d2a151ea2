// RankWorker: what becomes of a step whose world has failed (docs/adr/0003).
#include <algorithm>
#include <utility>

#include "base/status_macros.h"
#include "engine/rank_worker.h"
#include "engine/record_exchange.h"

namespace zerod {
namespace {

// What a rank shows when a world is formed anew.
struct ReconcileRecord {
  std::uint64_t decided_step;  // that this rank knows of and has not finished; 0: none
};

}  // namespace

absl::Status RankWorker::Reconcile(Communicator& comm, const absl::Status& cause) {
  counted_traffic_ = {};
  const ReconcileRecord record{decision_ ? decision_->result.step : 0};
  ZEROD_ASSIGN_OR_RETURN(const std::vector<ReconcileRecord> records,
                         ExchangeRecords(comm, record, PeerDeadline()));
  const auto source = std::ranges::max_element(records, {}, &ReconcileRecord::decided_step);
  if (source->decided_step == 0) {
    GiveUpAttempt(cause);
    return absl::OkStatus();
  }
  ZEROD_RETURN_IF_ERROR(ShareDecision(comm, static_cast<int>(source - records.begin())));
  return FinishDecided(comm);
}

absl::Status RankWorker::ShareDecision(Communicator& comm, int source) {
  std::vector<std::byte> bytes(DecisionBytes(layout()));
  if (comm.rank() == source) bytes = EncodeDecision(*decision_);
  ZEROD_RETURN_IF_ERROR(comm.Broadcast(source, bytes, PeerDeadline()));
  if (decision_) return absl::OkStatus();
  ZEROD_ASSIGN_OR_RETURN(Decision decision, DecodeDecision(layout(), bytes));
  if (decision.result.step == finished_step_) {
    // Acknowledged here already, but not by all: this rank's part is done, its weights are wanted
    // once more.
    decision_ = last_decision_;
  } else {
    Adopt(std::move(decision));
  }
  return absl::OkStatus();
}

void RankWorker::GiveUpAttempt(const absl::Status& cause) {
  if (cause.ok()) return;
  ++attempt_;
  if (contributes()) options_.port->PublishAbort(cause);
  std::lock_guard lock(statistics_mutex_);
  ++job_statistics_.aborted_attempts;
}

}  // namespace zerod
