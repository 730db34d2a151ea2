#ifndef ZEROD_EXAMPLES_TRAIN_LM_STOPWATCH_H_
#define ZEROD_EXAMPLES_TRAIN_LM_STOPWATCH_H_

#include <chrono>

namespace zerod::train_lm {

// Seconds since it was made or last restarted.
class Stopwatch {
 public:
  double Seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  void Restart() { start_ = std::chrono::steady_clock::now(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_STOPWATCH_H_
