#include "comm/poison_notice.h"

#include <utility>

namespace zerod {

PoisonNotice::PoisonNotice(Callback callback) {
  if (!callback) return;
  thread_ = std::thread([this, callback = std::move(callback)] { AwaitCause(callback); });
}

void PoisonNotice::Give(const absl::Status& cause) {
  std::lock_guard lock(mutex_);
  if (cause_.ok()) cause_ = cause;
  changed_.notify_all();
}

void PoisonNotice::Cancel() {
  {
    std::lock_guard lock(mutex_);
    cancelled_ = true;
    changed_.notify_all();
  }
  if (std::this_thread::get_id() == thread_.get_id()) {
    thread_.detach();  // the callback destroys its world
    return;
  }
  std::lock_guard lock(cancel_mutex_);
  if (thread_.joinable()) thread_.join();
}

void PoisonNotice::AwaitCause(const Callback& callback) {
  absl::Status cause;
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return cancelled_ || !cause_.ok(); });
    if (cancelled_) return;
    cause = cause_;
  }
  callback(cause);  // which may destroy this object, though not the thread that owns `callback`
}

}  // namespace zerod
