#include "engine/rank_worker.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/check.h"
#include "base/status_macros.h"
#include "engine/record_exchange.h"

namespace zerod {
namespace {

absl::Status Annotate(const absl::Status& status, std::uint64_t step, std::uint64_t attempt) {
  const std::string where = absl::StrCat("step ", step, ", attempt ", attempt, ": ");
  // Another rank may have said so before it spread the news.
  if (status.ok() || absl::StartsWith(status.message(), where)) return status;
  return {status.code(), absl::StrCat(where, status.message())};
}

}  // namespace

RankWorker::RankWorker(Options options)
    : options_(std::move(options)),
      step_plan_(MakeStepPlan(layout())),
      update_counts_(layout().table.groups().size()),
      gathered_before_(layout().world.shard_weights.size()),
      tallies_(layout().table.groups().size()) {
  for (const ParameterGroup& group : layout().table.groups()) {
    hyperparameters_.push_back(group.hyperparameters);
    job_statistics_.groups.push_back({.name = group.name,
                                      .frozen = group.frozen,
                                      .master = group.master,
                                      .hyperparameters = group.hyperparameters,
                                      .telemetry = {}});
  }
  statistics_.rank = options_.rank;
  statistics_.shard_weight = layout().world.shard_weights[options_.rank];
  statistics_.has_trainer = contributes();
  statistics_.owned_elements = options_.plan.owned_elements;
  statistics_.groups.resize(update_counts_.size());
}

absl::Time RankWorker::Deadline() const { return absl::Now() + options_.step_deadline; }

// Later than a rank's own deadline, so that the rank whose trainer is late says so before its peers
// give up on it.
absl::Time RankWorker::PeerDeadline() const {
  return absl::Now() + 1.25 * options_.step_deadline + absl::Seconds(1);
}

absl::Status RankWorker::RunStep(Communicator& comm) {
  ZEROD_CHECK(!decision_);
  const std::uint64_t step = open_step();
  phases_ = {};
  if (absl::Status opened = Open(comm); !opened.ok()) return Annotate(opened, step, attempt_);
  has_reduced_ = true;
  for (std::uint32_t i = 0; i < agreed_open_.micro_batches; ++i) {
    for (auto bucket = step_plan_.buckets.rbegin(); bucket != step_plan_.buckets.rend(); ++bucket) {
      if (absl::Status reduced = Reduce(comm, *bucket, i); !reduced.ok()) {
        return Annotate(reduced, step, attempt_);
      }
    }
  }
  if (absl::Status committed = Commit(comm); !committed.ok())
    return Annotate(committed, step, attempt_);
  return FinishDecided(comm);
}

absl::Status RankWorker::Open(Communicator& comm) {
  OpenRecord record{.layout_hash = layout().table.layout_hash(), .step = open_step()};
  // A rank without a trainer waits for its peers' as long as it takes, also to tell them so.
  absl::Time deadline = absl::InfiniteFuture();
  if (contributes()) {
    ZEROD_ASSIGN_OR_RETURN(const std::optional<OpenedAttempt> opened, options_.port->WaitOpen());
    if (opened) {
      gradients_ = opened->gradients;
      record.contributes = 1;
      record.micro_batches = *opened->request.micro_batches;
      record.loss_scale = opened->request.loss_scale;
      deadline = PeerDeadline();
    } else {
      const std::string departure = options_.port->Departure();
      std::copy_n(departure.begin(), std::min(departure.size(), record.departure.size() - 1),
                  record.departure.begin());
    }
  }
  absl::StatusOr<std::vector<OpenRecord>> exchanged = ExchangeRecords(comm, record, deadline);
  if (absl::IsDeadlineExceeded(exchanged.status())) {
    return absl::DeadlineExceededError(
        absl::StrCat(exchanged.status().message(), ": its trainer has not opened the step"));
  }
  ZEROD_ASSIGN_OR_RETURN(const std::vector<OpenRecord> records, std::move(exchanged));
  if (std::ranges::none_of(records, &OpenRecord::contributes)) {
    // All trainers have left. Whoever attaches next interrupts this, and the world is formed anew.
    return contributes() ? options_.port->WaitInterrupted() : comm.Barrier(absl::InfiniteFuture());
  }
  ZEROD_ASSIGN_OR_RETURN(agreed_open_, AgreeOnOpen(layout(), records));

  if (const bool accumulate = agreed_open_.micro_batches > 1;
      accumulate != options_.plan.accumulate) {
    ShardPlan plan = MakeShardPlan(layout(), options_.rank, accumulate);
    const std::shared_lock lock(*options_.weights_mutex);  // whoever reads masters reads the plan
    ZEROD_RETURN_IF_ERROR(options_.memory.ResizeReduced(plan));
    options_.plan = std::move(plan);
  }
  norm_ = {};
  return absl::OkStatus();
}

absl::Status RankWorker::FinishDecided(Communicator& comm) {
  // Held on when a gather fails, until the step is finished in the next world.
  if (!changing_weights_.owns_lock()) changing_weights_ = std::shared_lock(*options_.weights_mutex);
  for (std::size_t ordinal = 0; ordinal < step_plan_.buckets.size(); ++ordinal) {
    if (ordinal == updated_buckets_) Update(step_plan_.buckets[ordinal]);
    ZEROD_RETURN_IF_ERROR(Gather(comm, ordinal));
  }
  return Acknowledge(comm);
}

absl::Status RankWorker::Acknowledge(Communicator& comm) {
  ReleaseWeights();
  PublishTelemetry();
  ZEROD_RETURN_IF_ERROR(comm.Barrier(PeerDeadline()));
  {
    std::lock_guard lock(statistics_mutex_);
    const StepResult& result = decision_->result;
    job_statistics_.step = result.step;
    job_statistics_.last_result = result;
    if (finished_step_ < result.step && result.outcome == StepOutcome::kSkipped) {
      ++job_statistics_.skipped_steps;
    }
    if (finished_step_ < result.step) AddPhases();
  }
  CountTraffic(comm);
  if (options_.observer != nullptr && finished_step_ < decision_->result.step &&
      decision_->result.outcome == StepOutcome::kSkipped) {
    options_.observer->OnSkip(decision_->result);
  }
  finished_step_ = decision_->result.step;
  attempt_ = 1;
  last_decision_ = std::exchange(decision_, std::nullopt);
  if (contributes()) options_.port->PublishEnd();
  is_finishing_ = false;
  return absl::OkStatus();
}

// With statistics_mutex_ held.
void RankWorker::AddPhases() {
  statistics_.last_step = phases_;
  statistics_.total.wait += phases_.wait;
  statistics_.total.reduce += phases_.reduce;
  statistics_.total.commit += phases_.commit;
  statistics_.total.update += phases_.update;
  statistics_.total.gather += phases_.gather;
}

void RankWorker::ReleaseWeights() {
  if (changing_weights_.owns_lock()) changing_weights_.unlock();
}

void RankWorker::CountTraffic(const Communicator& comm) {
  const Traffic traffic = comm.traffic();
  std::lock_guard lock(statistics_mutex_);
  statistics_.sent_bytes += traffic.sent_bytes - counted_traffic_.sent_bytes;
  statistics_.received_bytes += traffic.received_bytes - counted_traffic_.received_bytes;
  counted_traffic_ = traffic;
}

RankStatistics RankWorker::statistics() const {
  std::lock_guard lock(statistics_mutex_);
  return statistics_;
}

JobStatistics RankWorker::job_statistics() const {
  std::lock_guard lock(statistics_mutex_);
  return job_statistics_;
}

}  // namespace zerod
