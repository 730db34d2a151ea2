#ifndef ZEROD_BASE_TIMED_WAIT_H_
#define ZEROD_BASE_TIMED_WAIT_H_

#include <condition_variable>
#include <mutex>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace zerod {

// Waits until `done` or the deadline; returns done(). What is left is measured once: a clock that
// is set while this waits neither shortens nor lengthens it.
template <typename Done>
bool WaitUntil(std::condition_variable& changed, std::unique_lock<std::mutex>& lock,
               absl::Time deadline, Done done) {
  if (deadline == absl::InfiniteFuture()) {
    changed.wait(lock, done);
    return true;
  }
  return changed.wait_for(lock, absl::ToChronoNanoseconds(deadline - absl::Now()), done);
}

}  // namespace zerod

#endif  // ZEROD_BASE_TIMED_WAIT_H_
