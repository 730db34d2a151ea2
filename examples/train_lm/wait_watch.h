#ifndef ZEROD_EXAMPLES_TRAIN_LM_WAIT_WATCH_H_
#define ZEROD_EXAMPLES_TRAIN_LM_WAIT_WATCH_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace zerod::train_lm {

// What a wait is for, and what to say about one that has become long.
struct WaitReason {
  std::string what;  // "for the daemon at ..."
  // More about it, perhaps ""; nothing: not yet worth a word. Called by the watch's thread, perhaps
  // when the wait has just ended: it owns what it uses.
  std::function<std::optional<std::string>()> explain;
};

// Looks, from a thread of its own, at the waits of the one trainer in this process: says once per
// wait what a long one is for; and ends the process when a signal has asked it to stop and a wait
// goes on. A thread that waits in a zerod::Trainer can't be called back: a trainer is used by one
// thread at a time, and what it has committed can't be given up. The daemon notices the end.
class WaitWatch {
 public:
  explicit WaitWatch(const std::atomic<int>& stop_signal);
  ~WaitWatch();

  // A wait, as long as it lives. One at a time.
  class Wait {
   public:
    Wait(WaitWatch& watch, std::shared_ptr<const WaitReason> reason);
    ~Wait();
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;

   private:
    WaitWatch& watch_;
  };

  // What to say as well when the process is ended in a wait. Empty: nothing.
  void SetFarewell(const std::string& text);

 private:
  using Clock = std::chrono::steady_clock;
  using Lock = std::unique_lock<std::mutex>;

  void Run();
  void LeaveWhenStuck() const;
  void SayWhenLong(Lock& lock);

  const std::atomic<int>& stop_signal_;
  std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  bool ended_ = false;
  std::shared_ptr<const WaitReason> reason_;  // of the wait that is on; null: none is
  Clock::time_point wait_begin_;
  Clock::time_point next_question_;  // when to ask for something to say; max: it is said
  std::optional<Clock::time_point> stop_seen_;
  std::string farewell_;
  std::thread thread_;  // the last one: it uses the others
};

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_WAIT_WATCH_H_
