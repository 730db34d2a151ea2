#ifndef ZEROD_ENGINE_JOB_H_
#define ZEROD_ENGINE_JOB_H_

#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/memory_ledger.h"
#include "engine/attachment.h"
#include "engine/formation.h"
#include "engine/job_layout.h"
#include "engine/job_observer.h"
#include "engine/page_port.h"
#include "engine/rank_worker.h"
#include "engine/trainer_port.h"
#include "zerod/base/tensor_view.h"
#include "zerod/engine/statistics.h"

namespace zerod {

inline constexpr int kMaxThreadsPerRank = 1024;

// A job's ranks in this process, one thread each, which execute one step after the other, each with
// a team of its own to compute; the job's other ranks live in other processes of the cluster.
// Thread-safe once started.
class Job {
 public:
  struct Options {
    std::shared_ptr<const JobLayout> layout;
    std::vector<int> local_ranks;          // ascending; empty: all
    std::shared_ptr<MemoryBudget> budget;  // shared with other jobs
    absl::Duration step_deadline = absl::Minutes(10);
    WorldFactory form_world;         // null: all ranks are local
    CommunicatorDecorator decorate;  // null: none
    bool share_memory = false;       // trainers are other processes: arenas instead of plain memory
    int threads_per_rank = 1;        // 1 to kMaxThreadsPerRank; their number changes no bit
    JobObserver* observer = nullptr;  // outlives the job
  };

  // Allocates; the job starts once its values are loaded. kResourceExhausted as
  // MemoryLedger::Allocate, and where no more threads can be started.
  static absl::StatusOr<std::unique_ptr<Job>> Create(Options options);
  ~Job();

  // Before Start: initial values of `parameter` from element `first` on, row-major, bf16, fp16 or
  // fp32. Each element once. kInvalidArgument names the parameter when they don't fit or are not
  // finite.
  absl::Status LoadValues(std::size_t parameter, std::uint64_t first,
                          const ConstTensorView& values);
  // kResourceExhausted: no more threads can be started, and the job is of no use.
  absl::Status Start();

  const JobLayout& layout() const { return *options_.layout; }
  std::span<const int> local_ranks() const { return options_.local_ranks; }
  bool IsLocal(int rank) const;

  // A trainer comes to `rank`, which is local and a contributor.
  // kAlreadyExists names who is attached there already, unless `replace` says to send that one
  // away; kResourceExhausted as MemoryLedger::Allocate, and then that one may be gone all the same.
  absl::StatusOr<std::shared_ptr<Attachment>> Attach(int rank, bool replace = false);
  // The trainer of `attachment` is gone, or is sent away; `why` is a predicate ("ended"). Before
  // its commit this costs the open attempt, after it the step completes without it. Nothing when
  // the rank has another trainer already.
  void Detach(int rank, std::uint64_t attachment, absl::string_view why);
  // Takes a commit; idempotent by `sequence`. kAborted: the attempt is over; kCancelled: the
  // attachment is.
  absl::Status Commit(int rank, std::uint64_t attachment, std::uint32_t sequence,
                      const TrainerCommit& commit);
  // Gives the open attempt up, for all trainers.
  absl::Status GiveUp(int rank, std::uint64_t attachment, std::uint32_t sequence,
                      absl::string_view reason);
  // Refuses commits with `why`, and waits until no local rank has a decided step to finish, and
  // shortly for the decision on one that every local trainer has committed; false at the deadline.
  bool Drain(const absl::Status& why, absl::Time deadline);
  // Every call of every local trainer ends with `why` from now on, but for those that ask what a
  // finished step has left.
  void Close(const absl::Status& why);

  // From now on messages call the trainer `trainer`.
  void NameTrainer(int rank, std::uint64_t attachment, const std::string& trainer);
  // Who is attached to `rank`, which is a contributor; empty: nobody.
  std::string TrainerOf(int rank) const;
  // The weights arena of `rank`, a local contributor of a job that shares memory.
  const Arena& WeightsArena(int rank) const;
  // `parameter` in the weights of `rank`, a local contributor.
  TensorView Weights(int rank, std::size_t parameter) const;

  // Only where all ranks are local.
  absl::StatusOr<std::vector<float>> MasterWeights(std::size_t parameter) const;
  // Of the local ranks.
  JobStatistics Statistics() const;

 private:
  struct Rank {
    std::unique_ptr<PagePort> port;  // null without a trainer
    std::unique_ptr<RankWorker> worker;
    std::thread thread;
  };

  explicit Job(Options options);
  absl::Status AddRank(int rank);
  void RunRank(int rank);
  void Fail(const absl::Status& cause);
  void Interrupt(const absl::Status& cause);  // whoever waits for a trainer
  const Rank& At(int rank) const;
  PagePort& Port(int rank) const;
  Buffer TakeSpare(int rank);
  absl::StatusOr<std::shared_ptr<Attachment>> NewAttachment(int rank);
  // Waits up to 2 s for the memory of `last`, which is over.
  absl::StatusOr<std::shared_ptr<Attachment>> NewAttachmentAfter(
      int rank, const std::weak_ptr<Attachment>& last);

  Options options_;
  const std::shared_ptr<MemoryLedger> ledger_;
  std::unique_ptr<Formation> formation_;
  mutable std::shared_mutex
      weights_mutex_;        // shared: masters are being updated; exclusive: they are being read
  std::vector<Rank> ranks_;  // as options_.local_ranks
  // Gradients that were allocated with the job, so that what does not fit is told early; each goes
  // to the first trainer in this process that attaches to its rank.
  std::mutex spares_mutex_;
  std::map<int, Buffer> spares_;  // by rank; guarded by spares_mutex_
};

}  // namespace zerod

#endif  // ZEROD_ENGINE_JOB_H_
