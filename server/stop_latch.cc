#include "server/stop_latch.h"

namespace zerod {

void StopLatch::Request(const std::string& reason) {
  {
    const std::lock_guard lock(mutex_);
    if (reason_.empty()) reason_ = reason;
  }
  changed_.notify_all();
}

std::string StopLatch::Await() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !reason_.empty(); });
  return reason_;
}

}  // namespace zerod
