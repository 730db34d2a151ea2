#ifndef ZEROD_ENGINE_JOB_H_
#define ZEROD_ENGINE_JOB_H_

#include <memory>
#include <shared_mutex>
#include <span>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/memory_ledger.h"
#include "engine/formation.h"
#include "engine/job_layout.h"
#include "engine/local_port.h"
#include "engine/rank_worker.h"
#include "zerod/base/tensor_view.h"
#include "zerod/engine/statistics.h"

namespace zerod {

// A job whose ranks all live in this process: one thread a rank, which executes one step after the
// other. Thread-safe.
class Job {
 public:
  struct Options {
    std::shared_ptr<const JobLayout> layout;
    std::uint64_t memory_limit_bytes = 0;  // as MemoryLedger::Create
    absl::Duration step_deadline = absl::Minutes(10);
    CommunicatorDecorator decorate;  // null: none
  };

  // `initial_values` has one view per parameter, only read during the call. kInvalidArgument names
  // a parameter whose values have the wrong dtype, size or a value that is not finite;
  // kResourceExhausted as MemoryLedger::Allocate.
  static absl::StatusOr<std::unique_ptr<Job>> Create(
      Options options, std::span<const ConstTensorView> initial_values);
  ~Job();

  const JobLayout& layout() const { return *options_.layout; }
  // A trainer comes to `rank`, which is a contributor; errors as LocalPort::Attach.
  absl::Status Attach(int rank);
  // The trainer's end of `rank`, which is a contributor.
  LocalPort& port(int rank) { return *ranks_[rank].port; }
  // `parameter` in the arenas of `rank`, which is a contributor.
  TensorView Weights(int rank, std::size_t parameter) const;
  TensorView Gradient(int rank, std::size_t parameter) const;

  absl::StatusOr<std::vector<float>> MasterWeights(std::size_t parameter) const;
  JobStatistics Statistics() const;

 private:
  struct Rank {
    std::unique_ptr<LocalPort> port;  // null without a trainer
    std::unique_ptr<RankWorker> worker;
    std::thread thread;
  };

  explicit Job(Options options);
  absl::Status AddRank(int rank, std::span<const ConstTensorView> initial_values);
  void RunRank(int rank);
  void Fail(const absl::Status& cause);
  TensorView View(int rank, const Parameter& parameter, MemoryKind kind,
                  std::uint64_t offset) const;

  const Options options_;
  const std::shared_ptr<MemoryLedger> ledger_;
  Formation formation_;
  mutable std::shared_mutex
      weights_mutex_;  // shared: masters are being updated; exclusive: they are being read
  std::vector<Rank> ranks_;
};

}  // namespace zerod

#endif  // ZEROD_ENGINE_JOB_H_
