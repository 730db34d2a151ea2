#include "engine/job.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/check.h"
#include "base/status_macros.h"
#include "comm/inproc/inproc_world.h"
#include "engine/initial_values.h"
#include "engine/thread_start.h"
#include "kernels/split.h"

namespace zerod {

namespace {

Job::Options Complete(Job::Options options) {
  const int world_size = options.layout->world.world_size();
  if (options.local_ranks.empty()) {
    options.local_ranks.resize(static_cast<std::size_t>(world_size));
    std::iota(options.local_ranks.begin(), options.local_ranks.end(), 0);
  }
  if (!options.form_world) {
    options.form_world = [world_size](std::uint64_t, OnPoison on_poison) {
      return std::make_unique<InprocWorld>(world_size, std::move(on_poison));
    };
  }
  return options;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Job>> Job::Create(Options options) {
  std::unique_ptr<Job> job(new Job(Complete(std::move(options))));
  for (int rank : job->options_.local_ranks) ZEROD_RETURN_IF_ERROR(job->AddRank(rank));
  return job;
}

Job::Job(Options options)
    : options_(std::move(options)),
      ledger_(MemoryLedger::Create(options_.layout->world.world_size(), options_.budget)),
      formation_(std::make_unique<Formation>(Formation::Options{
          .local_rank_count = static_cast<int>(options_.local_ranks.size()),
          .form_world = options_.form_world,
          .decorate = options_.decorate,
          .on_failure = [this](const absl::Status& cause) { Interrupt(cause); }})) {}

Job::~Job() {
  formation_->Stop();
  Fail(absl::CancelledError("the job is shutting down"));
  for (Rank& rank : ranks_) {
    if (rank.thread.joinable()) rank.thread.join();
  }
  // Before the ports, which its last news may still reach.
  formation_.reset();
}

absl::Status Job::AddRank(int rank) {
  ShardPlan plan = MakeShardPlan(layout(), rank, layout().spec.micro_batches > 1);
  Rank& added = ranks_.emplace_back();
  ZEROD_ASSIGN_OR_RETURN(ShardMemory memory,
                         ShardMemory::Create(ledger_, rank, plan, options_.share_memory));
  if (layout().IsContributor(rank)) {
    added.port = std::make_unique<PagePort>(layout(), rank);
    if (!options_.share_memory) {
      ZEROD_ASSIGN_OR_RETURN(spares_[rank], ledger_->Allocate(rank, MemoryKind::kGradients,
                                                              plan.bytes[MemoryKind::kGradients]));
    }
  }
  // More would never have anything to do.
  const int team_size = plan.owned_elements == 0 ? 1 : options_.threads_per_rank;
  std::unique_ptr<WorkerTeam> team;
  ZEROD_RETURN_IF_ERROR(
      StartThreads(rank, [&] { team = std::make_unique<WorkerTeam>(team_size); }));
  added.worker = std::make_unique<RankWorker>(
      RankWorker::Options{.layout = options_.layout,
                          .rank = rank,
                          .plan = std::move(plan),
                          .memory = std::move(memory),
                          .port = added.port.get(),
                          .weights_mutex = &weights_mutex_,
                          .step_deadline = options_.step_deadline,
                          .team = std::move(team),
                          .observer = ranks_.size() == 1 ? options_.observer : nullptr});
  return absl::OkStatus();
}

absl::Status Job::LoadValues(std::size_t parameter, std::uint64_t first,
                             const ConstTensorView& values) {
  for (const Rank& rank : ranks_) {
    ZEROD_RETURN_IF_ERROR(LoadInitialValues(
        layout(), rank.worker->plan(), {.parameter = parameter, .first = first, .values = values},
        rank.worker->memory()));
  }
  return absl::OkStatus();
}

absl::Status Job::Start() {
  for (std::size_t i = 0; i < ranks_.size(); ++i) {
    const int rank = options_.local_ranks[i];
    ZEROD_RETURN_IF_ERROR(StartThreads(
        rank, [&] { ranks_[i].thread = std::thread([this, rank] { RunRank(rank); }); }));
  }
  return absl::OkStatus();
}

bool Job::IsLocal(int rank) const { return std::ranges::binary_search(options_.local_ranks, rank); }

const Job::Rank& Job::At(int rank) const {
  const auto found = std::ranges::lower_bound(options_.local_ranks, rank);
  ZEROD_CHECK(found != options_.local_ranks.end() && *found == rank);
  return ranks_[static_cast<std::size_t>(found - options_.local_ranks.begin())];
}

void Job::RunRank(int rank) {
  PagePort* port = At(rank).port.get();
  RankWorker& worker = *At(rank).worker;
  while (true) {
    // All ranks have reported their failure before a new world is formed, so no interruption is
    // lost here.
    absl::StatusOr<FormedWorld> formed = formation_->Join(rank);
    if (!formed.ok()) break;
    if (port != nullptr) port->Resume();
    absl::Status status = worker.Reconcile(*formed->comm, formed->cause);
    while (status.ok()) status = worker.RunStep(*formed->comm);
    worker.CountTraffic(*formed->comm);
    Fail(status);
  }
  worker.ReleaseWeights();
}

void Job::Fail(const absl::Status& cause) { formation_->Fail(cause); }

void Job::Interrupt(const absl::Status& cause) {
  for (const Rank& rank : ranks_) {
    if (rank.port) rank.port->Interrupt(cause);
  }
}

TensorView Job::Weights(int rank, std::size_t index) const {
  const Parameter& parameter = layout().table.parameters()[index];
  const std::uint64_t size_bytes = parameter.element_count * DTypeBytes(parameter.spec.dtype);
  return {parameter.spec.dtype,
          At(rank).worker->memory().At(MemoryKind::kWeights, layout().WeightsOffset(parameter),
                                       size_bytes)};
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

}  // namespace zerod
