#ifndef ZEROD_ENGINE_RANK_WORKER_H_
#define ZEROD_ENGINE_RANK_WORKER_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <vector>

#include "absl/time/time.h"
#include "base/worker_team.h"
#include "comm/communicator.h"
#include "engine/agreement.h"
#include "engine/decision.h"
#include "engine/job_layout.h"
#include "engine/job_observer.h"
#include "engine/shard_memory.h"
#include "engine/shard_plan.h"
#include "engine/step_plan.h"
#include "engine/trainer_port.h"
#include "engine/update_telemetry.h"
#include "kernels/gradient_norm.h"
#include "zerod/engine/statistics.h"

namespace zerod {

// Executes a job's steps on one rank, in lockstep with the other ranks' workers. Used by the rank's
// thread, but for statistics().
//
// Before its decision a step can vanish without trace: reductions only touch the reduced gradient.
// From the decision on it is finished whatever happens to the communicator: owners keep what they
// need until all have acknowledged.
class RankWorker {
 public:
  struct Options {
    std::shared_ptr<const JobLayout> layout;
    int rank = 0;
    ShardPlan plan;
    ShardMemory memory;
    TrainerPort* port = nullptr;  // null on a rank without a trainer; outlives the worker
    // Held shared while masters change; outlives the worker.
    std::shared_mutex* weights_mutex = nullptr;
    absl::Duration step_deadline;
    std::unique_ptr<WorkerTeam> team;  // who computes, the rank's thread among them
    JobObserver* observer = nullptr;   // null: none; outlives the worker
  };
  explicit RankWorker(Options options);

  // Once per newly formed world, before anything else: finishes a step that some rank knows to be
  // decided, or else gives up the attempt in flight because of `cause` (OK when the world is formed
  // for the first time).
  absl::Status Reconcile(Communicator& comm, const absl::Status& cause);
  // One step, from open to acknowledge.
  absl::Status RunStep(Communicator& comm);
  // Once per world, when it has failed: adds what has moved in it to the statistics.
  void CountTraffic(const Communicator& comm);
  // Lets go of the masters' lock, by the thread that took it; before it ends, too, when a decided
  // step will not be finished any more.
  void ReleaseWeights();

  // A step is decided, and not everybody has acknowledged it. Any thread.
  bool is_finishing() const { return is_finishing_; }

  const ShardMemory& memory() const { return options_.memory; }
  const ShardPlan& plan() const { return options_.plan; }

  // Any thread. Memory is left to the ledger.
  RankStatistics statistics() const;
  // What this rank knows of the job as a whole; the same on all ranks between steps. Any thread.
  JobStatistics job_statistics() const;

 private:
  absl::Status Open(Communicator& comm);
  absl::Status Reduce(Communicator& comm, std::size_t bucket, std::uint32_t micro_batch);
  // Where each contributor's part of this rank's slice of `bucket` now lies, in contributor order.
  absl::StatusOr<std::vector<const std::byte*>> ExchangeContributions(Communicator& comm,
                                                                      std::size_t bucket);
  Bytes GradientsOf(FlatRange flat) const;  // in the trainer's arena
  void SumSlice(std::size_t bucket, std::uint32_t micro_batch,
                std::span<const std::byte* const> contributions);
  absl::Status Commit(Communicator& comm);
  absl::Status ExchangeCommits(Communicator& comm);
  absl::Status MergeNorm(Communicator& comm);
  absl::Status FinishDecided(Communicator& comm);
  absl::Status ShareDecision(Communicator& comm, int source);
  void Adopt(Decision decision);
  void GiveUpAttempt(const absl::Status& cause);
  void Update(std::size_t bucket);
  // `ordinal` counts the plan's buckets.
  absl::Status Gather(Communicator& comm, std::size_t ordinal);
  absl::Status Acknowledge(Communicator& comm);
  void AddPhases();
  void PublishTelemetry();

  const JobLayout& layout() const { return *options_.layout; }
  bool contributes() const { return options_.port != nullptr; }
  std::uint64_t open_step() const { return finished_step_ + 1; }
  absl::Time Deadline() const;
  absl::Time PeerDeadline() const;

  Options options_;
  const StepPlan step_plan_;
  std::vector<Hyperparameters> hyperparameters_;  // of the last step, per group
  std::vector<std::uint64_t> update_counts_;      // per group
  std::uint64_t finished_step_ = 0;
  std::uint64_t attempt_ = 1;
  std::span<std::byte> gradients_;  // of the trainer that has opened the attempt in flight
  bool has_reduced_ = false;        // gradients of the open attempt may have been taken

  // Of the step in flight.
  AgreedOpen agreed_open_;
  AgreedCommit agreed_commit_;
  GradientNorm norm_;
  std::shared_lock<std::shared_mutex> changing_weights_;
  std::optional<Decision> decision_;  // set from the decision until everybody has acknowledged
  std::optional<Decision> last_decision_;
  std::atomic<bool> is_finishing_ = false;
  // Of the decided step, how many of the plan's buckets are done: updated here, gathered here, and
  // gathered on each rank when this world was formed.
  std::size_t updated_buckets_ = 0;
  std::size_t gathered_buckets_ = 0;
  std::vector<std::size_t> gathered_before_;
  std::vector<GroupTally> tallies_;  // per group, of the decided step's updates so far

  mutable std::mutex statistics_mutex_;
  RankStatistics statistics_;     // guarded by statistics_mutex_
  JobStatistics job_statistics_;  // guarded by statistics_mutex_
  PhaseSeconds phases_;           // of the step in flight
  Traffic counted_traffic_;       // of the current communicator, already in statistics_
};

}  // namespace zerod

#endif  // ZEROD_ENGINE_RANK_WORKER_H_
