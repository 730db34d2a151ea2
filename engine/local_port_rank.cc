// The rank's half of LocalPort.
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/timed_wait.h"
#include "engine/local_port.h"

namespace zerod {

template <typename Done, typename Late>
absl::Status LocalPort::WaitForTrainer(Lock& lock, absl::Time deadline, Done done, Late late) {
  const auto over = [&] { return done() || !interruption_.ok() || !open_; };
  if (!WaitUntil(changed_, lock, deadline, over)) {
    return absl::DeadlineExceededError(absl::StrCat("rank ", rank_, "'s trainer ", late()));
  }
  if (!interruption_.ok()) return interruption_;
  if (!open_) {
    return absl::AbortedError(
        absl::StrCat("rank ", rank_, "'s trainer left before it committed step ", open_step()));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<OpenRequest>> LocalPort::WaitOpen() {
  Lock lock(mutex_);
  changed_.wait(lock, [&] { return open_ || left_ || !interruption_.ok(); });
  if (!interruption_.ok()) return interruption_;
  if (!open_) {
    told_left_ = true;
    return std::nullopt;
  }
  return request_;
}

absl::Status LocalPort::WaitInterrupted() {
  Lock lock(mutex_);
  changed_.wait(lock, [&] { return !interruption_.ok(); });
  return interruption_;
}

absl::Status LocalPort::WaitGradients(std::size_t bucket, std::uint32_t micro_batch,
                                      absl::Time deadline) {
  Lock lock(mutex_);
  return WaitForTrainer(
      lock, deadline, [&] { return progress_.Rung(bucket, micro_batch); },
      [&] { return absl::StrCat(progress_.Missing(bucket, micro_batch), " in time"); });
}

void LocalPort::ReleaseGradients(std::size_t bucket, std::uint32_t micro_batch) {
  Lock lock(mutex_);
  progress_.Release(bucket, micro_batch);
  changed_.notify_all();
}

absl::StatusOr<TrainerCommit> LocalPort::WaitCommit(absl::Time deadline) {
  Lock lock(mutex_);
  ZEROD_RETURN_IF_ERROR(WaitForTrainer(
      lock, deadline, [&] { return commit_.has_value(); },
      [&] { return absl::StrCat("has not called Step() for step ", open_step(), " in time"); }));
  return *commit_;
}

void LocalPort::PublishDecision(const StepResult& result) {
  Lock lock(mutex_);
  decided_step_ = result.step;
  last_request_ = request_;
  result_ = result;
  open_ = false;
  commit_.reset();
  changed_.notify_all();
}

void LocalPort::PublishWeights(std::size_t bucket) {
  Lock lock(mutex_);
  weights_step_[bucket] = decided_step_;
  changed_.notify_all();
}

void LocalPort::PublishEnd() {
  Lock lock(mutex_);
  ended_step_ = decided_step_;
  // Buckets without trainable bytes take no part in a step.
  weights_step_.assign(weights_step_.size(), decided_step_);
  changed_.notify_all();
}

bool LocalPort::IsOpen() {
  Lock lock(mutex_);
  return open_;
}

void LocalPort::PublishAbort(const absl::Status& cause) {
  Lock lock(mutex_);
  if (!open_) return;  // it has nothing to redo
  open_ = false;
  commit_.reset();
  abort_seen_ = false;
  abort_ = absl::AbortedError(absl::StrCat("step ", open_step(),
                                           " was aborted and can be redone from its start after "
                                           "Open(): ",
                                           cause.message()));
  changed_.notify_all();
}

void LocalPort::Interrupt(const absl::Status& cause) {
  Lock lock(mutex_);
  interruption_ = cause;
  changed_.notify_all();
}

void LocalPort::Resume() {
  Lock lock(mutex_);
  interruption_ = absl::OkStatus();
}

}  // namespace zerod
