#include "ipc/steady_deadline.h"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace zerod {

absl::Duration SteadyNow() {
  return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

int PollTimeoutMs(absl::Duration deadline) {
  if (deadline == absl::InfiniteDuration()) return -1;
  constexpr std::int64_t kLongestMs = 3'600'000;  // who waits for longer looks again
  const std::int64_t left_ms =
      absl::ToInt64Milliseconds(absl::Ceil(deadline - SteadyNow(), absl::Milliseconds(1)));
  return static_cast<int>(std::clamp<std::int64_t>(left_ms, 0, kLongestMs));
}

}  // namespace zerod
