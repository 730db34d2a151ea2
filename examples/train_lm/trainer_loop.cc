#include "examples/train_lm/trainer_loop.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "examples/train_lm/batches.h"
#include "examples/train_lm/notice.h"
#include "examples/train_lm/schedule.h"

namespace zerod::train_lm {
namespace {

// Of a job that is older than this process.
absl::Status CheckStepsDone(const RunConfig& config, int steps_done) {
  if (steps_done == 0) return absl::OkStatus();
  const std::string done =
      absl::StrCat("job '", config.service.job, "' has done ", steps_done, " steps");
  // All of them: what is left is to validate, to count, and to end the job.
  if (steps_done <= config.steps) {
    SayNotice(absl::StrCat(done, "; this trainer joins it there"));
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(absl::StrCat(done, " already, and --steps is ", config.steps,
                                                    "; give all its trainers a larger number"));
}

}  // namespace

double LossBoard::Mean(int step) const {
  double sum = 0.0;
  for (const auto& slot : slots_) sum += slot[step % 2];
  return sum / static_cast<double>(slots_.size());
}

TrainerLoop::TrainerLoop(TrainerIndex index, const SharedRun& shared,
                         std::unique_ptr<TrainerSeat> seat)
    : index_(index),
      shared_(shared),
      seat_(std::move(seat)),
      model_(shared.config.model, shared.config.batch) {}

absl::Status TrainerLoop::Run() {
  absl::Status status = Train();
  // However it ended: nobody waits for a trainer that has gone.
  shared_.meeting.Leave();
  seat_.reset();
  return status;
}

absl::Status TrainerLoop::Train() {
  ZEROD_ASSIGN_OR_RETURN(const int steps_done, seat_->StepsDone());
  ZEROD_RETURN_IF_ERROR(CheckStepsDone(shared_.config, steps_done));
  since_start_.Restart();
  first_step_ = steps_done + 1;
  int step = first_step_;
  for (; step <= shared_.config.steps; ++step) {
    ZEROD_RETURN_IF_ERROR(TrainStep(step));
    if (step < shared_.config.steps && shared_.early_end.EndsAfter(step)) break;
  }
  ZEROD_RETURN_IF_ERROR(Finish());
  ZEROD_RETURN_IF_ERROR(report_status_);
  if (step > shared_.config.steps) return absl::OkStatus();
  return absl::CancelledError(absl::StrCat("ended early, after ", step, " steps"));
}

absl::Status TrainerLoop::Finish() {
  if (!shared_.config.HasFirstTrainer()) return seat_->FinishAfterFirstTrainer();
  ZEROD_RETURN_IF_ERROR(seat_->Finish());
  // Otherwise the last step's report has done so.
  if (first_step_ > shared_.config.steps) ZEROD_RETURN_IF_ERROR(Validate());
  ZEROD_RETURN_IF_ERROR(shared_.meeting.Arrive());
  if (is_first() && report_status_.ok()) report_status_ = shared_.on_end(*seat_, validation_loss_);
  return shared_.meeting.Arrive();
}

absl::Status TrainerLoop::GiveUp() {
  const absl::Status why =
      report_status_.ok() ? absl::CancelledError("it was stopped by a signal") : report_status_;
  ZEROD_RETURN_IF_ERROR(
      seat_->GiveUp(absl::StrCat("trainer ", index_.in_run, " has ended early: ", why.message())));
  return why;
}

absl::Status TrainerLoop::TrainStep(int step) {
  const RunConfig& config = shared_.config;
  const double learning_rate =
      LearningRate({config.learning_rate, config.warmup, config.steps}, step);
  Stopwatch since_begin;
  absl::StatusOr<StepReport> report = AttemptStep(step, learning_rate);
  while (absl::IsAborted(report.status())) {
    ZEROD_RETURN_IF_ERROR(seat_->Redo(report.status()));
    since_begin.Restart();
    report = AttemptStep(step, learning_rate);
  }
  ZEROD_RETURN_IF_ERROR(report.status());
  training_seconds_ += since_begin.Seconds();
  return Report(step, learning_rate, *report);
}

absl::StatusOr<StepReport> TrainerLoop::AttemptStep(int step, double learning_rate) {
  ZEROD_RETURN_IF_ERROR(ComputeGradients(step));
  const bool stop = shared_.stop_signal != 0 || !report_status_.ok();
  if (stop && shared_.config.UsesService()) return GiveUp();
  if (stop && is_first()) shared_.early_end.EndAfter(step);
  return seat_->Step(learning_rate);
}

absl::Status TrainerLoop::ComputeGradients(int step) {
  const RunConfig& config = shared_.config;
  const int micro_batches = config.settings.micro_batches;
  double loss_sum = 0.0;
  for (int micro_batch = 0; micro_batch < micro_batches; ++micro_batch) {
    const BatchKey key{.seed = config.seed,
                       .step = static_cast<std::uint64_t>(step),
                       .micro_batch = static_cast<std::uint64_t>(micro_batch),
                       .trainer = static_cast<std::uint64_t>(index_.in_run)};
    FillTrainingBatch(shared_.corpus, key, config.batch, batch_);
    ZEROD_ASSIGN_OR_RETURN(const double loss, model_.Forward(batch_, *seat_));
    loss_sum += loss;
    ZEROD_RETURN_IF_ERROR(seat_->BeginGradients());
    ZEROD_RETURN_IF_ERROR(model_.Backward(batch_, *seat_));
  }
  shared_.losses.Post(index_.in_process, step, loss_sum / micro_batches);
  return absl::OkStatus();
}

absl::Status TrainerLoop::Validate() {
  ZEROD_ASSIGN_OR_RETURN(validation_loss_,
                         shared_.validation.Run(index_.in_process, model_, *seat_));
  return absl::OkStatus();
}

absl::Status TrainerLoop::Report(int step, double learning_rate, const StepReport& report) {
  const RunConfig& config = shared_.config;
  if (!config.HasFirstTrainer()) return absl::OkStatus();
  // Read before validation lets the others go on.
  const double train_loss = shared_.losses.Mean(step);
  StepMetrics metrics{.step = step,
                      .train_loss = train_loss,
                      .learning_rate = learning_rate,
                      .gradient_norm = report.gradient_norm};
  const bool due = config.eval_every > 0 && step % config.eval_every == 0;
  if (due || step == config.steps) {
    ZEROD_RETURN_IF_ERROR(Validate());
    metrics.validation_loss = validation_loss_;
  }
  if (!is_first()) return absl::OkStatus();
  metrics.seconds = since_start_.Seconds();
  const int steps_here = step - first_step_ + 1;
  metrics.seconds_left = metrics.seconds / steps_here * (config.steps - step);
  metrics.seconds_per_step = training_seconds_ / steps_here;
  metrics.tokens_per_second = static_cast<double>(config.trainers) * config.settings.micro_batches *
                              config.batch * config.model.context / metrics.seconds_per_step;
  report_status_.Update(shared_.on_step(metrics));
  return absl::OkStatus();
}

}  // namespace zerod::train_lm
