// The trainer's half of LocalPort.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "engine/local_port.h"
#include "engine/spec_validation.h"

namespace zerod {

LocalPort::LocalPort(const JobLayout& layout, int rank, std::span<std::byte> gradients)
    : layout_(layout),
      rank_(rank),
      gradients_(gradients),
      last_request_{.micro_batches = layout.spec.micro_batches},
      progress_(layout),
      weights_step_(layout.buckets.size()) {}

absl::StatusOr<bool> LocalPort::Attach() {
  Lock lock(mutex_);
  if (attached_) {
    return absl::AlreadyExistsError(absl::StrCat("rank ", rank_, " has a trainer already"));
  }
  attached_ = true;
  left_ = false;
  abort_ = absl::OkStatus();
  return std::exchange(told_left_, false);
}

void LocalPort::Detach() {
  Lock lock(mutex_);
  attached_ = false;
  left_ = true;
  if (!commit_) open_ = false;
  changed_.notify_all();
}

absl::Status LocalPort::TellAbort() {
  abort_seen_ = abort_seen_ || !abort_.ok();
  return abort_;
}

absl::Status LocalPort::WaitDecided(Lock& lock) {
  changed_.wait(lock, [&] { return !commit_ || !abort_.ok(); });
  return TellAbort();
}

absl::Status LocalPort::Open(const OpenRequest& request) {
  ZEROD_RETURN_IF_ERROR(ValidateOpen(request));
  Lock lock(mutex_);
  // What the trainer has not been told it cannot have acknowledged.
  if (abort_seen_) abort_ = absl::OkStatus();
  abort_seen_ = false;
  ZEROD_RETURN_IF_ERROR(WaitDecided(lock));
  return OpenAttempt(request);
}

absl::Status LocalPort::OpenAttempt(const OpenRequest& request) {
  if (open_) {
    return absl::FailedPreconditionError(absl::StrCat("step ", open_step(), " is open already"));
  }
  request_ = request;
  if (!request_.micro_batches) request_.micro_batches = last_request_.micro_batches;
  progress_.Begin(*request_.micro_batches);
  open_ = true;
  changed_.notify_all();
  return absl::OkStatus();
}

absl::Status LocalPort::MarkGradient(std::size_t parameter, bool has_gradient) {
  Lock lock(mutex_);
  ZEROD_RETURN_IF_ERROR(WaitDecided(lock));
  ZEROD_RETURN_IF_ERROR(progress_.CheckTrainable(parameter));
  if (!open_) ZEROD_RETURN_IF_ERROR(OpenAttempt(last_request_));
  ZEROD_RETURN_IF_ERROR(progress_.CheckMark(parameter));
  if (!has_gradient) {
    // Outside the lock, and safe there: an unmarked parameter's buffer belongs to the trainer's
    // thread, this one.
    lock.unlock();
    ZeroGradient(parameter);
    lock.lock();
    ZEROD_RETURN_IF_ERROR(TellAbort());
  }
  if (progress_.Mark(parameter, has_gradient)) changed_.notify_all();
  return absl::OkStatus();
}

void LocalPort::ZeroGradient(std::size_t index) const {
  const Parameter& parameter = layout_.table.parameters()[index];
  std::ranges::fill(gradients_.subspan(layout_.gradients.OffsetOf(parameter.flat.begin),
                                       layout_.gradients.BytesIn(parameter.flat)),
                    std::byte{0});
}

absl::Status LocalPort::WaitForGradientBuffers() {
  Lock lock(mutex_);
  ZEROD_RETURN_IF_ERROR(WaitDecided(lock));
  if (!open_ || progress_.MicroBatchIsEmpty()) return absl::OkStatus();
  ZEROD_RETURN_IF_ERROR(progress_.CheckMicroBatchComplete());
  changed_.wait(lock, [&] { return progress_.AllReleased() || !abort_.ok(); });
  ZEROD_RETURN_IF_ERROR(TellAbort());
  if (!progress_.IsLastMicroBatch()) progress_.NextMicroBatch();
  return absl::OkStatus();
}

absl::Status LocalPort::Step(const StepRequest& request) {
  ZEROD_RETURN_IF_ERROR(ValidateStep(request, layout_.table.groups()));
  Lock lock(mutex_);
  ZEROD_RETURN_IF_ERROR(TellAbort());
  if (request.step && *request.step != open_step()) {
    return absl::FailedPreconditionError(
        absl::StrCat("step ", *request.step, " is out of order: step ", open_step(), " is next"));
  }
  if (commit_) {
    return absl::FailedPreconditionError(
        absl::StrCat("step ", open_step(), " is committed already"));
  }
  if (!open_) {
    return absl::FailedPreconditionError(
        absl::StrCat("step ", open_step(), " is not open: no gradient was handed over"));
  }
  ZEROD_RETURN_IF_ERROR(progress_.CheckAllComplete());
  commit_ = TrainerCommit{.request = request, .absent = progress_.Absent()};
  changed_.notify_all();
  return absl::OkStatus();
}

absl::StatusOr<StepResult> LocalPort::Result() {
  Lock lock(mutex_);
  ZEROD_RETURN_IF_ERROR(WaitDecided(lock));
  if (!result_) return absl::FailedPreconditionError("no step was committed yet");
  return *result_;
}

absl::Status LocalPort::WaitForWeights(std::size_t parameter) {
  Lock lock(mutex_);
  ZEROD_RETURN_IF_ERROR(WaitDecided(lock));
  if (layout_.table.parameters()[parameter].frozen) return absl::OkStatus();
  const auto [first, last] = progress_.BucketsOf(parameter);
  changed_.wait(lock, [&, first = first, last = last] {
    return std::all_of(weights_step_.begin() + first, weights_step_.begin() + last,
                       [&](std::uint64_t step) { return step == decided_step_; });
  });
  return absl::OkStatus();
}

absl::Status LocalPort::WaitForAllWeights() {
  Lock lock(mutex_);
  ZEROD_RETURN_IF_ERROR(WaitDecided(lock));
  changed_.wait(lock, [&] { return ended_step_ == decided_step_; });
  return absl::OkStatus();
}

}  // namespace zerod
