#ifndef ZEROD_SERVER_EVENT_LOG_H_
#define ZEROD_SERVER_EVENT_LOG_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "zerod/v1/cluster.pb.h"

namespace zerod {

// The last events of this daemon, for those who watch. Thread-safe; nobody who appends waits for a
// watcher.
class EventLog {
 public:
  static constexpr std::size_t kCapacity = 1024;
  static constexpr int kMaxWatchers = 32;  // each holds a thread

  explicit EventLog(int node) : node_(node) {}

  // Numbers `event`, and fills in time and node.
  void Append(v1::Event event);
  // No event follows: watchers come to their end.
  void Close();

  // One place among the watchers, as long as it lives. Move-only.
  class Watcher {
   public:
    Watcher(Watcher&& other) noexcept : log_(std::exchange(other.log_, nullptr)) {}
    Watcher& operator=(Watcher&&) = delete;
    ~Watcher();

    // What happened since the last call, oldest first; begins with an EVENTS_LOST if some of it was
    // gone already. Waits up to `patience` when nothing has.
    std::vector<v1::Event> Next(absl::Duration patience);
    // Closed, and everything seen.
    bool IsAtEnd() const;

   private:
    friend class EventLog;
    explicit Watcher(EventLog* log) : log_(log) {}

    EventLog* log_;
    std::uint64_t next_ = 1;  // number of the first event not seen
  };
  // Sees everything that is still there. kResourceExhausted: there are kMaxWatchers.
  absl::StatusOr<Watcher> Watch();

 private:
  const int node_;
  mutable std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  std::deque<v1::Event> events_;
  std::uint64_t last_number_ = 0;
  int watcher_count_ = 0;
  bool closed_ = false;
};

}  // namespace zerod

#endif  // ZEROD_SERVER_EVENT_LOG_H_
