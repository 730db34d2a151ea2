#ifndef ZEROD_SERVER_STOP_LATCH_H_
#define ZEROD_SERVER_STOP_LATCH_H_

#include <condition_variable>
#include <mutex>
#include <string>

namespace zerod {

// Somebody wants this daemon to stop. Thread-safe; the first reason counts.
class StopLatch {
 public:
  void Request(const std::string& reason);
  // Waits for a request; its reason.
  std::string Await();

 private:
  std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  std::string reason_;  // empty: nobody yet
};

}  // namespace zerod

#endif  // ZEROD_SERVER_STOP_LATCH_H_
