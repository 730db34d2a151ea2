#include "server/signals.h"

#include <unistd.h>

#include <string>

#include "server/log.h"

namespace zerod {
namespace {

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

}  // namespace

void BlockStopSignals() {
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
}

SignalWatch::SignalWatch(StopLatch* stop) : stop_(stop), thread_([this] { Run(); }) {}

SignalWatch::~SignalWatch() {
  ending_ = true;
  pthread_kill(thread_.native_handle(), SIGTERM);  // wakes the thread up
  thread_.join();
}

void SignalWatch::Run() {
  const sigset_t signals = StopSignals();
  bool requested = false;
  while (true) {
    int signal = 0;
    if (sigwait(&signals, &signal) != 0 || ending_) return;
    const char* const name = signal == SIGTERM ? "SIGTERM" : "SIGINT";
    if (requested) {
      Log(LogLevel::kError, "stopped_at_once", {{"reason", "a second signal"}, {"signal", name}});
      StopLog();
      _exit(1);
    }
    requested = true;
    stop_->Request(name);
  }
}

}  // namespace zerod
