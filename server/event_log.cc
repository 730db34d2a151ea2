#include "server/event_log.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/timed_wait.h"

namespace zerod {

void EventLog::Append(v1::Event event) {
  {
    const std::lock_guard lock(mutex_);
    event.set_number(++last_number_);
    event.set_time_seconds(absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch()));
    event.set_node(node_);
    events_.push_back(std::move(event));
    if (events_.size() > kCapacity) events_.pop_front();
  }
  changed_.notify_all();
}

void EventLog::Close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
}

absl::StatusOr<EventLog::Watcher> EventLog::Watch() {
  const std::lock_guard lock(mutex_);
  if (watcher_count_ == kMaxWatchers) {
    return absl::ResourceExhaustedError(
        absl::StrCat("events are watched by ", kMaxWatchers, " already, which is the most"));
  }
  ++watcher_count_;
  return Watcher(this);
}

EventLog::Watcher::~Watcher() {
  if (log_ == nullptr) return;
  const std::lock_guard lock(log_->mutex_);
  --log_->watcher_count_;
}

std::vector<v1::Event> EventLog::Watcher::Next(absl::Duration patience) {
  std::unique_lock lock(log_->mutex_);
  WaitUntil(log_->changed_, lock, absl::Now() + patience,
            [&] { return log_->closed_ || log_->last_number_ >= next_; });
  std::vector<v1::Event> news;
  const std::uint64_t first_kept = log_->last_number_ - log_->events_.size() + 1;
  // Who has just come has lost nothing.
  if (first_kept > next_ && next_ > 1) {
    v1::Event& lost = news.emplace_back();
    lost.set_number(first_kept - 1);
    lost.set_time_seconds(log_->events_.front().time_seconds());
    lost.set_kind(v1::EVENT_KIND_EVENTS_LOST);
    lost.set_node(log_->node_);
    lost.set_lost(first_kept - next_);
  }
  for (const v1::Event& event : log_->events_) {
    if (event.number() >= next_) news.push_back(event);
  }
  next_ = log_->last_number_ + 1;
  return news;
}

bool EventLog::Watcher::IsAtEnd() const {
  const std::lock_guard lock(log_->mutex_);
  return log_->closed_ && log_->last_number_ < next_;
}

}  // namespace zerod
