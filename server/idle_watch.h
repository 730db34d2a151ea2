#ifndef ZEROD_SERVER_IDLE_WATCH_H_
#define ZEROD_SERVER_IDLE_WATCH_H_

#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <thread>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace zerod {

// Cancels calls that wait too long for their client's next message, which a synchronous read can't
// give up by itself; and all of them when the daemon stops. Thread-safe.
class IdleWatch {
 public:
  using Cancel = std::function<void(const absl::Status& why)>;

  IdleWatch();
  ~IdleWatch();  // after the last Call

  // One call, as long as it lives.
  class Call {
   public:
    // `cancel` makes its reads fail; it is called at most once, and not after the call is gone.
    Call(IdleWatch* watch, Cancel cancel);
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    // A read begins: it is cancelled with `why` after `patience`.
    void BeginRead(absl::Duration patience, const absl::Status& why);
    // It has ended. Why the call was cancelled, if it was.
    absl::Status EndRead();

   private:
    friend class IdleWatch;
    IdleWatch* const watch_;
    const Cancel cancel_;
    // Guarded by the watch's mutex:
    absl::Duration deadline_ = absl::InfiniteDuration();  // as SteadyNow()
    absl::Status why_;
    absl::Status cancelled_;
  };

  // Cancels every call with `why`, and those to come.
  void Stop(const absl::Status& why);

 private:
  void Run();
  void CancelLocked(Call& call, const absl::Status& why);

  std::mutex mutex_;  // guards everything below; held while a call is cancelled
  std::condition_variable changed_;
  std::list<Call*> calls_;
  absl::Status stopped_;
  bool ending_ = false;
  std::thread thread_;  // started last: it uses the rest
};

}  // namespace zerod

#endif  // ZEROD_SERVER_IDLE_WATCH_H_
