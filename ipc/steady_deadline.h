#ifndef ZEROD_IPC_STEADY_DEADLINE_H_
#define ZEROD_IPC_STEADY_DEADLINE_H_

#include "absl/time/time.h"

namespace zerod {

// Time on the clock that nobody can set. Deadlines on it are durations too, so that
// SteadyNow() + absl::InfiniteDuration() is one that never passes.
absl::Duration SteadyNow();

// What poll(2) and epoll_wait(2) take for waiting until `deadline`: rounded up, so that they do not
// return just before it; -1 for ever.
int PollTimeoutMs(absl::Duration deadline);

}  // namespace zerod

#endif  // ZEROD_IPC_STEADY_DEADLINE_H_
