// RankWorker: what becomes of a step whose world has failed (docs/adr/0003).
#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "engine/rank_worker.h"
#include "engine/record_exchange.h"

namespace zerod {
namespace {

// What a rank shows when a world is formed anew.
struct ReconcileRecord {
  std::uint64_t decided_step;      // that this rank knows of and has not finished; 0: none
  std::uint64_t last_step;         // the last one this rank knows to be decided, finished or not
  std::uint64_t gathered_buckets;  // of last_step, in plan order
  std::uint64_t attempt;
  std::uint64_t is_open;           // 1 where a trainer has opened the attempt
  std::uint64_t has_reduced;       // 1 where gradients of the attempt may have been taken
  std::array<char, 64> trainer{};  // who is attached; empty: nobody
};
static_assert(sizeof(ReconcileRecord) == 6 * 8 + 64);  // broadcast as the bytes it is

// A rank that is late to open an attempt is all that its peers see of a trainer that hangs.
absl::Status NameWhoIsLate(const absl::Status& cause, const JobLayout& layout,
                           std::span<const ReconcileRecord> records) {
  if (!absl::IsDeadlineExceeded(cause)) return cause;
  std::string late;
  for (int rank : layout.world.contributors) {
    if (records[rank].is_open != 0) continue;
    const auto& name = records[rank].trainer;
    const std::string trainer(name.data(), strnlen(name.data(), name.size()));
    absl::StrAppend(&late, "; rank ", rank,
                    trainer.empty() ? " had no trainer"
                                    : absl::StrCat("'s trainer (", trainer, ") had not opened it"));
  }
  return {cause.code(), absl::StrCat(cause.message(), late)};
}

}  // namespace

absl::Status RankWorker::Reconcile(Communicator& comm, const absl::Status& cause) {
  counted_traffic_ = {};
  const bool is_open = contributes() && options_.port->IsOpen();
  ReconcileRecord record{.decided_step = decision_ ? decision_->result.step : 0,
                         .last_step = decision_ ? decision_->result.step : finished_step_,
                         .gathered_buckets = gathered_buckets_,
                         .attempt = attempt_,
                         .is_open = is_open ? 1u : 0u,
                         .has_reduced = has_reduced_ ? 1u : 0u};
  const std::string trainer = contributes() ? options_.port->trainer() : "";
  trainer.copy(record.trainer.data(), record.trainer.size() - 1);
  ZEROD_ASSIGN_OR_RETURN(const std::vector<ReconcileRecord> records,
                         ExchangeRecords(comm, record, PeerDeadline()));
  const auto source = std::ranges::max_element(records, {}, &ReconcileRecord::decided_step);
  if (source->decided_step == 0) {
    attempt_ = std::ranges::max(records, {}, &ReconcileRecord::attempt).attempt;
    // What was interrupted before a gradient was taken goes on where it was.
    const bool interrupted = (cause.ok() || absl::IsUnavailable(cause)) &&
                             std::ranges::none_of(records, &ReconcileRecord::has_reduced);
    const bool is_open_anywhere = std::ranges::any_of(records, &ReconcileRecord::is_open);
    if (is_open_anywhere && !interrupted) {
      GiveUpAttempt(NameWhoIsLate(cause, layout(), records));
    }
    has_reduced_ = false;  // whatever was taken was of an attempt that is over
    return absl::OkStatus();
  }
  ZEROD_RETURN_IF_ERROR(ShareDecision(comm, static_cast<int>(source - records.begin())));
  for (std::size_t rank = 0; rank < records.size(); ++rank) {
    const bool knew = records[rank].last_step == source->decided_step;
    gathered_before_[rank] = knew ? records[rank].gathered_buckets : 0;
  }
  return FinishDecided(comm);
}

absl::Status RankWorker::ShareDecision(Communicator& comm, int source) {
  std::vector<std::byte> bytes(DecisionBytes(layout()));
  if (comm.rank() == source) bytes = EncodeDecision(*decision_);
  ZEROD_RETURN_IF_ERROR(comm.Broadcast(source, bytes, PeerDeadline()));
  if (decision_) return absl::OkStatus();
  ZEROD_ASSIGN_OR_RETURN(Decision decision, DecodeDecision(layout(), bytes));
  if (decision.result.step == finished_step_) {
    // Acknowledged here already, but not by all: this rank's part is done, its slices are wanted
    // once more.
    decision_ = last_decision_;
    is_finishing_ = true;
  } else {
    Adopt(std::move(decision));
  }
  return absl::OkStatus();
}

void RankWorker::GiveUpAttempt(const absl::Status& cause) {
  if (options_.observer != nullptr) options_.observer->OnAbort(open_step(), attempt_, cause);
  ++attempt_;
  has_reduced_ = false;
  if (contributes()) options_.port->PublishAbort(cause);
  std::lock_guard lock(statistics_mutex_);
  ++job_statistics_.aborted_attempts;
}

}  // namespace zerod
