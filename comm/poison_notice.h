#ifndef ZEROD_COMM_POISON_NOTICE_H_
#define ZEROD_COMM_POISON_NOTICE_H_

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "absl/status/status.h"

namespace zerod {

// Calls back once, when a world is poisoned. A thread of its own does so: whoever poisons may hold
// locks that the callback takes, and a message handler may be blocked for long. Thread-safe.
class PoisonNotice {
 public:
  using Callback = std::function<void(const absl::Status& cause)>;

  // Without a callback there is no thread.
  explicit PoisonNotice(Callback callback);
  ~PoisonNotice() { Cancel(); }

  // The first cause counts. Never blocks.
  void Give(const absl::Status& cause);
  // No call begins afterwards. Waits for one that runs, unless it is this one.
  void Cancel();

 private:
  void AwaitCause(const Callback& callback);

  std::mutex mutex_;
  std::condition_variable changed_;
  absl::Status cause_;      // guarded by mutex_
  bool cancelled_ = false;  // guarded by mutex_
  std::mutex cancel_mutex_;
  std::thread thread_;  // joined under cancel_mutex_
};

}  // namespace zerod

#endif  // ZEROD_COMM_POISON_NOTICE_H_
