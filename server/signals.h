#ifndef ZEROD_SERVER_SIGNALS_H_
#define ZEROD_SERVER_SIGNALS_H_

#include <atomic>
#include <thread>

#include "server/stop_latch.h"

namespace zerod {

// Blocks SIGTERM and SIGINT, in this thread and in those it starts later, and ignores SIGPIPE.
// Before any thread starts: one that did not block them would end the process.
void BlockStopSignals();

// Waits for the blocked signals on a thread of its own: the first one requests a stop, naming who
// sent it; another one, a second later or more, ends the process at once with 1, for those who
// can't wait.
class SignalWatch {
 public:
  explicit SignalWatch(StopLatch* stop);  // outlives this object
  ~SignalWatch();

 private:
  void Run();

  StopLatch* const stop_;
  std::atomic<bool> ending_ = false;
  std::thread thread_;
};

}  // namespace zerod

#endif  // ZEROD_SERVER_SIGNALS_H_
