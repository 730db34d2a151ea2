#include "examples/train_lm/service_seat.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "examples/train_lm/notice.h"
#include "examples/train_lm/ranks_without_trainer.h"
#include "examples/train_lm/stopwatch.h"

namespace zerod::train_lm {
namespace {

// At one step. Attempts are not spent on waiting for a trainer, so this many are lost only when
// trainers disagree, or die again and again.
constexpr int kMaxAttempts = 10;
constexpr absl::Duration kPause = absl::Milliseconds(200);

}  // namespace

ServiceSeat::ServiceSeat(std::unique_ptr<Trainer> trainer, const OptimizerSettings& settings,
                         const ParameterTable& table, Surroundings surroundings)
    : ZerodSeat(std::move(trainer), settings, table), around_(std::move(surroundings)) {}

absl::StatusOr<int> ServiceSeat::StepsDone() {
  const WaitWatch::Wait wait = WaitForOthers();
  absl::StatusOr<StepResult> last = trainer().Result();
  if (absl::IsAborted(last.status())) {
    // The trainer that was here before had committed, and the step was lost all the same.
    ZEROD_RETURN_IF_ERROR(trainer().Open({}));
    last = trainer().Result();
  }
  if (absl::IsFailedPrecondition(last.status())) return 0;
  ZEROD_RETURN_IF_ERROR(last.status());
  return static_cast<int>(last->step);
}

absl::StatusOr<const float*> ServiceSeat::Weights(std::size_t parameter) {
  const WaitWatch::Wait wait = WaitForOthers();
  return ZerodSeat::Weights(parameter);
}

absl::Status ServiceSeat::BeginGradients() {
  const WaitWatch::Wait wait = WaitForOthers();
  return ZerodSeat::BeginGradients();
}

absl::StatusOr<StepReport> ServiceSeat::Step(double learning_rate) {
  const WaitWatch::Wait wait = WaitForOthers();
  absl::StatusOr<StepReport> report = ZerodSeat::Step(learning_rate);
  if (report.ok()) lost_attempts_ = 0;
  return report;
}

absl::Status ServiceSeat::Redo(const absl::Status& lost) {
  SayNotice(std::string(lost.message()));
  if (++lost_attempts_ == kMaxAttempts) {
    return absl::AbortedError(
        absl::StrCat("the step is given up: ", kMaxAttempts, " attempts at it were aborted"));
  }
  ZEROD_RETURN_IF_ERROR(AwaitTrainers());
  const WaitWatch::Wait wait = WaitForOthers();
  return trainer().Open({});
}

absl::Status ServiceSeat::AwaitTrainers() const {
  const int wait_s = around_.config.wait_s;
  const Stopwatch since_lost;
  bool said = false;
  while (*around_.stop_signal == 0) {
    // Before the first look, too: whoever has given the step up is about to leave.
    absl::SleepFor(kPause);
    const absl::StatusOr<std::vector<int>> missing =
        RanksWithoutTrainer(*around_.service, around_.config);
    if (missing.ok() && missing->empty()) return absl::OkStatus();
    if (!missing.ok() && !absl::IsDeadlineExceeded(missing.status())) return missing.status();
    const std::string what =
        missing.ok() ? HaveNoTrainer(*missing) : std::string(missing.status().message());
    if (since_lost.Seconds() >= wait_s) {
      return absl::DeadlineExceededError(
          absl::StrCat("the step is given up: ", what, " after ", wait_s, " s (--wait-s)"));
    }
    if (!said) SayNotice(absl::StrCat("waiting up to ", wait_s, " s to redo it: ", what));
    said = true;
  }
  return absl::CancelledError("stopped while waiting for another trainer");
}

absl::Status ServiceSeat::Finish() {
  const WaitWatch::Wait wait = WaitForOthers();
  return ZerodSeat::Finish();
}

absl::Status ServiceSeat::GiveUp(const std::string& reason) {
  const WaitWatch::Wait wait = WaitForOthers();
  return trainer().Abort(reason);
}

absl::Status ServiceSeat::CommitNothing() {
  ZEROD_RETURN_IF_ERROR(trainer().Open({.micro_batches = 1}));
  for (std::size_t parameter = 0; parameter < trainer().parameters().size(); ++parameter) {
    ZEROD_RETURN_IF_ERROR(trainer().MarkGradientAbsent(parameter));
  }
  ZEROD_RETURN_IF_ERROR(trainer().Step({}));
  return trainer().Result().status();
}

absl::Status ServiceSeat::FinishAfterFirstTrainer() {
  absl::Status lost = Finish();
  const WaitWatch::Wait wait = WaitForOthers();
  // A step for which trainer 0 never comes: it is lost as soon as that one leaves, or deletes the
  // job. Asking the service again and again would be the alternative, and would take longer.
  if (lost.ok()) lost = CommitNothing();
  return absl::IsAborted(lost) || absl::IsNotFound(lost) ? absl::OkStatus() : lost;
}

}  // namespace zerod::train_lm
