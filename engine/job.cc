#include "engine/job.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/status_macros.h"
#include "engine/initial_values.h"
#include "kernels/split.h"

namespace zerod {

absl::StatusOr<std::unique_ptr<Job>> Job::Create(Options options,
                                                 std::span<const ConstTensorView> initial_values) {
  ZEROD_RETURN_IF_ERROR(CheckInitialValues(*options.layout, initial_values));
  std::unique_ptr<Job> job(new Job(std::move(options)));
  const int world_size = job->layout().world.world_size();
  for (int rank = 0; rank < world_size; ++rank) {
    ZEROD_RETURN_IF_ERROR(job->AddRank(rank, initial_values));
  }
  for (int rank = 0; rank < world_size; ++rank) {
    job->ranks_[rank].thread = std::thread([job = job.get(), rank] { job->RunRank(rank); });
  }
  return job;
}

Job::Job(Options options)
    : options_(std::move(options)),
      ledger_(
          MemoryLedger::Create(options_.layout->world.world_size(), options_.memory_limit_bytes)),
      formation_(options_.layout->world.world_size(), options_.decorate) {}

Job::~Job() {
  formation_.Stop();
  Fail(absl::CancelledError("the job is shutting down"));
  for (Rank& rank : ranks_) {
    if (rank.thread.joinable()) rank.thread.join();
  }
}

absl::Status Job::AddRank(int rank, std::span<const ConstTensorView> initial_values) {
  ShardPlan plan = MakeShardPlan(layout(), rank, layout().spec.micro_batches > 1);
  ZEROD_ASSIGN_OR_RETURN(ShardMemory memory, ShardMemory::Create(ledger_, rank, plan));
  ZEROD_RETURN_IF_ERROR(LoadInitialValues(layout(), plan, initial_values, memory));
  Rank& added = ranks_.emplace_back();
  if (layout().IsContributor(rank)) {
    added.port = std::make_unique<LocalPort>(
        layout(), rank, memory.At(MemoryKind::kGradients, 0, layout().gradients.total_bytes()));
  }
  added.worker =
      std::make_unique<RankWorker>(RankWorker::Options{.layout = options_.layout,
                                                       .rank = rank,
                                                       .plan = std::move(plan),
                                                       .memory = std::move(memory),
                                                       .port = added.port.get(),
                                                       .weights_mutex = &weights_mutex_,
                                                       .step_deadline = options_.step_deadline});
  return absl::OkStatus();
}

absl::Status Job::Attach(int rank) {
  ZEROD_ASSIGN_OR_RETURN(const bool rank_was_told, ranks_[rank].port->Attach());
  // The rank's thread is on its way to tell its peers that there is no trainer: call it back.
  if (rank_was_told) {
    Fail(absl::UnavailableError(absl::StrCat("another trainer has attached to rank ", rank)));
  }
  return absl::OkStatus();
}

void Job::RunRank(int rank) {
  LocalPort* port = ranks_[rank].port.get();
  RankWorker& worker = *ranks_[rank].worker;
  while (true) {
    // All ranks have reported their failure before a new world is formed, so no interruption is
    // lost here.
    absl::StatusOr<FormedWorld> formed = formation_.Join(rank);
    if (!formed.ok()) break;
    if (port != nullptr) port->Resume();
    absl::Status status = worker.Reconcile(*formed->comm, formed->cause);
    while (status.ok()) status = worker.RunStep(*formed->comm);
    worker.CountTraffic(*formed->comm);
    Fail(status);
  }
  worker.ReleaseWeights();
}

void Job::Fail(const absl::Status& cause) {
  formation_.Fail(cause);
  for (Rank& rank : ranks_) {
    if (rank.port) rank.port->Interrupt(cause);
  }
}

TensorView Job::View(int rank, const Parameter& parameter, MemoryKind kind,
                     std::uint64_t offset) const {
  const std::uint64_t size_bytes = parameter.element_count * DTypeBytes(parameter.spec.dtype);
  return {parameter.spec.dtype, ranks_[rank].worker->memory().At(kind, offset, size_bytes)};
}

TensorView Job::Weights(int rank, std::size_t index) const {
  const Parameter& parameter = layout().table.parameters()[index];
  return View(rank, parameter, MemoryKind::kWeights, layout().WeightsOffset(parameter));
}

TensorView Job::Gradient(int rank, std::size_t index) const {
  const Parameter& parameter = layout().table.parameters()[index];
  if (parameter.frozen) return {.dtype = parameter.spec.dtype};
  return View(rank, parameter, MemoryKind::kGradients,
              layout().gradients.OffsetOf(parameter.flat.begin));
}

absl::StatusOr<std::vector<float>> Job::MasterWeights(std::size_t parameter) const {
  // Tried again and again instead of waited for: a shared mutex may hold back the ranks that are
  // still to update behind a waiting reader, while the others wait for those.
  std::unique_lock lock(weights_mutex_, std::try_to_lock);
  const absl::Time deadline = absl::Now() + options_.step_deadline;
  while (!lock.owns_lock()) {
    if (absl::Now() > deadline) {
      return absl::DeadlineExceededError(
          absl::StrCat("the master weights of '", layout().table.parameters()[parameter].spec.name,
                       "' were being updated all the time"));
    }
    absl::SleepFor(absl::Milliseconds(1));
    lock.try_lock();
  }
  std::vector<float> values(layout().table.parameters()[parameter].element_count);
  if (layout().table.parameters()[parameter].frozen) {
    // Whole in every arena, and no rank's own.
    const TensorView weights = Weights(layout().world.contributors.front(), parameter);
    JoinWeights({.dtype = weights.dtype,
                 .master = MasterFormat::kNone,
                 .weights = weights.bytes.data(),
                 .values = values});
    return values;
  }
  for (const Rank& rank : ranks_) {
    ReadMasterWeights(layout(), rank.worker->plan(), rank.worker->memory(), parameter, values);
  }
  return values;
}

JobStatistics Job::Statistics() const {
  JobStatistics statistics = ranks_.front().worker->job_statistics();
  for (const Parameter& parameter : layout().table.parameters()) {
    ++statistics.parameter_count;
    statistics.element_count += parameter.element_count;
    if (!parameter.frozen) statistics.trainable_element_count += parameter.element_count;
    if (parameter.master == MasterFormat::k32) {
      statistics.wide_master_parameters.push_back(parameter.spec.name);
      statistics.wide_master_element_count += parameter.element_count;
    }
  }
  for (const Rank& rank : ranks_) {
    statistics.ranks.push_back(rank.worker->statistics());
    statistics.ranks.back().memory = ledger_->Held(statistics.ranks.back().rank);
  }
  return statistics;
}

}  // namespace zerod
