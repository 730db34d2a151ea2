#include "server/idle_watch.h"

#include <algorithm>
#include <utility>

#include "ipc/steady_deadline.h"

namespace zerod {

IdleWatch::IdleWatch() : thread_([this] { Run(); }) {}

IdleWatch::~IdleWatch() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

IdleWatch::Call::Call(IdleWatch* watch, Cancel cancel) : watch_(watch), cancel_(std::move(cancel)) {
  const std::lock_guard lock(watch_->mutex_);
  watch_->calls_.push_back(this);
  if (!watch_->stopped_.ok()) watch_->CancelLocked(*this, watch_->stopped_);
}

IdleWatch::Call::~Call() {
  const std::lock_guard lock(watch_->mutex_);
  watch_->calls_.remove(this);
}

void IdleWatch::Call::BeginRead(absl::Duration patience, const absl::Status& why) {
  {
    const std::lock_guard lock(watch_->mutex_);
    deadline_ = SteadyNow() + patience;
    why_ = why;
  }
  watch_->changed_.notify_all();
}

absl::Status IdleWatch::Call::EndRead() {
  const std::lock_guard lock(watch_->mutex_);
  deadline_ = absl::InfiniteDuration();
  return cancelled_;
}

void IdleWatch::CancelLocked(Call& call, const absl::Status& why) {
  if (!call.cancelled_.ok()) return;
  call.cancelled_ = why;
  call.cancel_(why);
}

void IdleWatch::Stop(const absl::Status& why) {
  const std::lock_guard lock(mutex_);
  if (stopped_.ok()) stopped_ = why;
  for (Call* call : calls_) CancelLocked(*call, why);
}

void IdleWatch::Run() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    const absl::Duration now = SteadyNow();
    absl::Duration next = absl::InfiniteDuration();
    for (Call* call : calls_) {
      if (call->deadline_ <= now) {
        call->deadline_ = absl::InfiniteDuration();
        CancelLocked(*call, call->why_);
      }
      next = std::min(next, call->deadline_);
    }
    // Woken up whenever a read begins: its deadline may be the next one.
    if (next == absl::InfiniteDuration()) {
      changed_.wait(lock);
    } else {
      changed_.wait_for(lock, absl::ToChronoNanoseconds(next - now));
    }
  }
}

}  // namespace zerod
