#ifndef ZEROD_COMM_MPI_PACING_H_
#define ZEROD_COMM_MPI_PACING_H_

#include <algorithm>
#include <chrono>

namespace zerod {

// How long the service thread pauses before it polls MPI again, `silence` after something last
// happened; 0: it only yields the core. Local work ends a pause, a message from another node does
// not. So one that comes after T of silence waits up to T / 50, and an idle process still costs
// next to nothing. While a transfer is under way the other node may need this one to make progress:
// pauses stay short then, but remain pauses, because that node may have stopped.
inline std::chrono::nanoseconds PauseAfter(std::chrono::nanoseconds silence, bool is_moving) {
  using std::chrono::microseconds, std::chrono::milliseconds, std::chrono::nanoseconds;
  constexpr int kSilencePerPause = 50;
  const nanoseconds awake = is_moving ? milliseconds(50) : microseconds(200);
  const nanoseconds longest = is_moving ? microseconds(100) : milliseconds(10);
  if (silence < awake) return nanoseconds(0);
  return std::clamp<nanoseconds>(silence / kSilencePerPause, microseconds(20), longest);
}

}  // namespace zerod

#endif  // ZEROD_COMM_MPI_PACING_H_
