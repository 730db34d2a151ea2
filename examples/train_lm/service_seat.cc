#include "examples/train_lm/service_seat.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "examples/train_lm/notice.h"
#include "examples/train_lm/service_job.h"

namespace zerod::train_lm {
namespace {

// At one step. Attempts are not spent on waiting for a trainer, so this many are lost only when
// trainers disagree, or die again and again.
constexpr int kMaxAttempts = 10;
constexpr absl::Duration kPause = absl::Milliseconds(200);

}  // namespace

ServiceSeat::ServiceSeat(std::unique_ptr<Trainer> trainer, const RunConfig& config,
                         const ParameterTable& table, Surroundings surroundings)
    : ZerodSeat(std::move(trainer), config, table),
      service_config_(config.service),
      around_(std::move(surroundings)) {}

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
  const WaitWatch::Wait wait = WaitForOthers();
  ZEROD_RETURN_IF_ERROR(AwaitTrainers());
  return trainer().Open({});
}

absl::Status ServiceSeat::AwaitTrainers() const {
  const absl::Time deadline = absl::Now() + absl::Seconds(service_config_.wait_s);
  while (true) {
    // Before the first look, too: whoever has given the step up is about to leave.
    absl::SleepFor(kPause);
    ZEROD_ASSIGN_OR_RETURN(const std::string missing,
                           MissingTrainers(service_config_, around_.service));
    if (missing.empty()) return absl::OkStatus();
    if (absl::Now() < deadline) continue;
    return absl::DeadlineExceededError(absl::StrCat("the step is given up: ", missing, " after ",
                                                    service_config_.wait_s, " s (--wait-s)"));
  }
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
  // job. Asking the service again and again would be the alternative, and would take longer. If
  // trainer 0 has died instead, whoever takes its place can do what is left to do alone.
  if (lost.ok()) lost = CommitNothing();
  return absl::IsAborted(lost) || absl::IsNotFound(lost) ? absl::OkStatus() : lost;
}

}  // namespace zerod::train_lm
