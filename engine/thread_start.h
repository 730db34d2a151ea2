#ifndef ZEROD_ENGINE_THREAD_START_H_
#define ZEROD_ENGINE_THREAD_START_H_

#include <functional>

#include "absl/status/status.h"

namespace zerod {

// Calls `start`, which starts threads of `rank`. kResourceExhausted names the rank when the system
// has none left; what had been started by then is up to `start`.
absl::Status StartThreads(int rank, const std::function<void()>& start);

}  // namespace zerod

#endif  // ZEROD_ENGINE_THREAD_START_H_
