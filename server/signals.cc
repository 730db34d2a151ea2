#include "server/signals.h"

#include <signal.h>
#include <unistd.h>

#include <fstream>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "ipc/steady_deadline.h"
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

// Whoever stops a daemon may send its signal more than once, as mpirun and a terminal do.
constexpr absl::Duration kOneWish = absl::Seconds(1);

// "SIGTERM from process 4711 (mpirun)".
std::string Describe(const siginfo_t& info) {
  std::string name;
  std::ifstream(absl::StrCat("/proc/", info.si_pid, "/comm")) >> name;
  return absl::StrCat(info.si_signo == SIGTERM ? "SIGTERM" : "SIGINT",
                      info.si_pid == 0 ? "" : absl::StrCat(" from process ", info.si_pid),
                      name.empty() ? "" : absl::StrCat(" (", name, ")"));
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
  std::optional<absl::Duration> heeded;
  while (true) {
    siginfo_t info{};
    const int signal = sigwaitinfo(&signals, &info);
    if (ending_) return;
    if (signal < 0) continue;  // EINTR
    if (!heeded) {
      heeded = SteadyNow();
      stop_->Request(Describe(info));
    } else if (SteadyNow() - *heeded >= kOneWish) {
      Log(LogLevel::kError, "stopped_at_once",
          {{"reason", "a second signal"}, {"signal", Describe(info)}});
      StopLog();
      _exit(1);
    }
  }
}

}  // namespace zerod
