#ifndef ZEROD_EXAMPLES_TRAIN_LM_RENDEZVOUS_H_
#define ZEROD_EXAMPLES_TRAIN_LM_RENDEZVOUS_H_

#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "absl/status/status.h"

namespace zerod::train_lm {

// A barrier that someone may leave for good: std::barrier would let the rest wait for ever.
// Thread-safe.
class Rendezvous {
 public:
  explicit Rendezvous(int count) : count_(count) {}

  // Returns once all have arrived, or kAborted when one has left instead.
  absl::Status Arrive() {
    std::unique_lock lock(mutex_);
    const std::uint64_t round = round_;
    if (++arrived_ == count_) {
      arrived_ = 0;
      ++round_;
      changed_.notify_all();
      return absl::OkStatus();
    }
    changed_.wait(lock, [&] { return round_ != round || left_; });
    return round_ != round ? absl::OkStatus() : absl::AbortedError("another trainer has left");
  }

  // Who leaves does not arrive again.
  void Leave() {
    const std::lock_guard lock(mutex_);
    left_ = true;
    changed_.notify_all();
  }

 private:
  const int count_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int arrived_ = 0;  // in this round; guarded by mutex_, as all below
  std::uint64_t round_ = 0;
  bool left_ = false;
};

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_RENDEZVOUS_H_
