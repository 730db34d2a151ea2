#ifndef ZEROD_TESTS_ENGINE_SMALL_JOB_H_
#define ZEROD_TESTS_ENGINE_SMALL_JOB_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/job.h"
#include "engine/local_trainer.h"

namespace zerod {

inline constexpr std::uint64_t kSteps = 3;
inline constexpr int kRanks = 3;
inline constexpr std::size_t kParameters = 2;
// Of one world that executes kSteps: to reconcile; then per step to open, 3 reductions, 3 to
// commit, 3 gathers and the acknowledgement.
inline constexpr std::uint64_t kCollectives = 1 + kSteps * 11;

// A job of two parameters in three buckets on three ranks, of which the first two take trainers in
// this process.
class SmallJob {
 public:
  explicit SmallJob(CommunicatorDecorator decorate, absl::Duration step_deadline);

  Job& operator*() { return *job_; }
  Job* operator->() { return job_.get(); }
  absl::Status Attach(int rank);
  void Detach(int rank);
  // Its trainer, attached now or last.
  TrainerEnd& trainer(int rank) { return *seats_[rank].end; }
  TensorView Gradient(int rank, std::size_t parameter);

 private:
  struct Seat {
    std::shared_ptr<Attachment> attachment;
    std::unique_ptr<TrainerEnd> end;
  };

  std::unique_ptr<Job> job_;
  std::array<Seat, 2> seats_;
};

std::unique_ptr<SmallJob> MakeSmallJob(CommunicatorDecorator decorate,
                                       absl::Duration step_deadline = absl::Minutes(1));

// One attempt at `step` by the trainer of `rank`, with gradients that depend on both.
absl::StatusOr<StepResult> TryStep(SmallJob& job, int rank, std::uint64_t step);

// Attaches, and redoes every step until it succeeds, as a trainer does that is told kAborted.
void TrainRank(SmallJob& job, int rank);

// All bits that kSteps leave.
struct Outcome {
  std::vector<std::vector<float>> masters;
  std::vector<std::vector<std::byte>> weights;  // both trainers'
  GroupTelemetry telemetry;                     // of the last step, from all ranks
  std::uint64_t aborted_attempts = 0;
};

// Trains kSteps, a thread per trainer.
Outcome Train(CommunicatorDecorator decorate);

}  // namespace zerod

#endif  // ZEROD_TESTS_ENGINE_SMALL_JOB_H_
