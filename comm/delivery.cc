#include "comm/delivery.h"

#include <utility>

#include "base/check.h"

namespace zerod {

Delivery::Delivery() : thread_([this] { DeliverAll(); }) {}

void Delivery::SetHandler(Cluster::Handler handler) {
  std::lock_guard lock(mutex_);
  ZEROD_CHECK(!handler_ && handler);
  handler_ = std::move(handler);
  changed_.notify_all();
}

void Delivery::Put(int from_node, Cluster::Message message) {
  std::lock_guard lock(mutex_);
  if (stopped_) return;
  letters_.push_back({.from_node = from_node, .message = std::move(message)});
  changed_.notify_all();
}

void Delivery::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void Delivery::DeliverAll() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stopped_ || (handler_ && !letters_.empty()); });
    if (!handler_ || letters_.empty()) return;
    Letter letter = std::move(letters_.front());
    letters_.pop_front();
    lock.unlock();
    handler_(letter.from_node, std::move(letter.message));  // set once, so safe without the lock
    lock.lock();
  }
}

}  // namespace zerod
