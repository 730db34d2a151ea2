#ifndef ZEROD_ENGINE_TRAINER_END_H_
#define ZEROD_ENGINE_TRAINER_END_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/attempt_progress.h"
#include "engine/job_layout.h"
#include "engine/trainer_port.h"
#include "ipc/control_page.h"
#include "ipc/doorbell.h"

namespace zerod {

// The trainer's half of the step protocol over control pages (PagePort is the other half), in
// whichever process it is. Used by one thread. The errors are those of zerod::Trainer.
class TrainerEnd {
 public:
  struct Options {
    const JobLayout* layout = nullptr;  // outlives it
    TrainerPage trainer_page;
    RankPage rank_page;
    std::span<std::byte> gradients;  // the gradient arena
    // Takes a commit, or the wish to give the attempt up, to the rank. kAborted: the attempt is
    // over; kCancelled: the attachment is.
    std::function<absl::Status(std::uint32_t sequence, const TrainerCommit& commit)> commit;
    std::function<absl::Status(std::uint32_t sequence, absl::string_view reason)> give_up;
    // Null, or asked now and then while waiting: an error ends the wait.
    std::function<absl::Status()> check_alive;
  };
  explicit TrainerEnd(Options options);

  absl::Status Open(const OpenRequest& request);
  absl::Status MarkGradient(std::size_t parameter, bool has_gradient);
  absl::Status WaitForGradientBuffers();
  absl::Status Step(const StepRequest& request);
  absl::Status Abort(absl::string_view reason);
  absl::StatusOr<StepResult> Result();
  absl::Status WaitForWeights(std::size_t parameter);
  absl::Status WaitForAllWeights();

 private:
  // Notes what the rank has said about the attempt.
  void Look();
  // Blocks until `done`, or until the attachment is over.
  absl::Status Wait(const std::function<bool()>& done);
  // Blocks while a committed step is undecided; then kAborted where the attempt was lost.
  absl::Status WaitDecided();
  // kAborted while there is an abort to acknowledge, which the trainer has then seen.
  absl::Status TellAbort();
  absl::Status Closed() const;
  // What a step that is decided has left may be used after the attachment is over; nothing else.
  absl::Status CheckUsable();
  absl::Status OpenAttempt(OpenRequest request);
  OpenRequest LastRequest() const;
  void ZeroGradient(std::size_t parameter) const;
  RankHeader& rank() const { return *options_.rank_page.header; }
  std::uint64_t open_step() const;

  const Options options_;
  Doorbell rank_bell_;     // rung by this trainer
  Doorbell trainer_bell_;  // rung by the rank
  AttemptProgress progress_;
  std::uint32_t sequence_ = 0;  // opening number of the attempt that is open or committed
  // That of the open attempt, once a commit has failed which may have arrived.
  std::optional<std::uint32_t> unanswered_;
  bool open_ = false;        // an attempt is open, and neither committed, decided nor lost
  bool committed_ = false;   // an attempt is committed, and neither decided nor lost
  bool aborted_ = false;     // an attempt was lost, and Open() has not acknowledged it
  bool abort_seen_ = false;  // some call has said so
};

}  // namespace zerod

#endif  // ZEROD_ENGINE_TRAINER_END_H_
