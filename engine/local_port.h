#ifndef ZEROD_ENGINE_LOCAL_PORT_H_
#define ZEROD_ENGINE_LOCAL_PORT_H_

#include <condition_variable>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "engine/attempt_progress.h"
#include "engine/job_layout.h"
#include "engine/trainer_port.h"

namespace zerod {

// A rank and its trainer in one process: the doorbells are a mutex and a condition variable. The
// trainer's half is called by the trainer's thread, the TrainerPort half by the rank's.
class LocalPort final : public TrainerPort {
 public:
  // `gradients` is the rank's gradient arena; `layout` must outlive the port.
  LocalPort(const JobLayout& layout, int rank, std::span<std::byte> gradients);

  // The trainer's half; the errors are those of zerod::Trainer.
  // Returns whether the rank has been told that the trainer before this one has left.
  absl::StatusOr<bool> Attach();
  // A trainer that leaves before Step() costs the open attempt; after it the step completes without
  // it.
  void Detach();
  absl::Status Open(const OpenRequest& request);
  absl::Status MarkGradient(std::size_t parameter, bool has_gradient);
  absl::Status WaitForGradientBuffers();
  absl::Status Step(const StepRequest& request);
  absl::StatusOr<StepResult> Result();
  absl::Status WaitForWeights(std::size_t parameter);
  absl::Status WaitForAllWeights();

  // The rank's half.
  absl::StatusOr<std::optional<OpenRequest>> WaitOpen() override;
  absl::Status WaitInterrupted() override;
  absl::Status WaitGradients(std::size_t bucket, std::uint32_t micro_batch,
                             absl::Time deadline) override;
  void ReleaseGradients(std::size_t bucket, std::uint32_t micro_batch) override;
  absl::StatusOr<TrainerCommit> WaitCommit(absl::Time deadline) override;
  void PublishDecision(const StepResult& result) override;
  void PublishWeights(std::size_t bucket) override;
  void PublishEnd() override;
  bool IsOpen() override;
  void PublishAbort(const absl::Status& cause) override;
  void Interrupt(const absl::Status& cause) override;
  void Resume() override;

 private:
  using Lock = std::unique_lock<std::mutex>;

  // Blocks while a committed step is undecided; then kAborted where the attempt was lost.
  absl::Status WaitDecided(Lock& lock);
  // abort_, which the trainer has then seen.
  absl::Status TellAbort();
  absl::Status OpenAttempt(const OpenRequest& request);
  // Blocks the rank until `done`; ends early with an interruption, a lost trainer or the deadline
  // (`late`).
  template <typename Done, typename Late>
  absl::Status WaitForTrainer(Lock& lock, absl::Time deadline, Done done, Late late);
  void ZeroGradient(std::size_t parameter) const;
  std::uint64_t open_step() const { return decided_step_ + 1; }

  const JobLayout& layout_;
  const int rank_;
  const std::span<std::byte> gradients_;

  std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  bool attached_ = false;
  bool left_ = false;         // the last trainer is gone, and no other has come
  bool told_left_ = false;    // WaitOpen has said so
  bool open_ = false;         // the trainer has opened an attempt that is neither decided nor lost
  OpenRequest request_;       // of the open attempt
  OpenRequest last_request_;  // of the last step decided, for what is "as in the step before"
  AttemptProgress progress_;
  std::optional<TrainerCommit> commit_;  // Step() was called and is not decided
  absl::Status abort_;                   // what the trainer has to acknowledge with Open()
  bool abort_seen_ = false;              // some call has returned abort_
  absl::Status interruption_;            // what the rank's waits return
  std::optional<StepResult> result_;
  std::uint64_t decided_step_ = 0;
  std::uint64_t ended_step_ = 0;
  std::vector<std::uint64_t> weights_step_;  // per bucket: the step whose weights are in the arena
};

}  // namespace zerod

#endif  // ZEROD_ENGINE_LOCAL_PORT_H_
