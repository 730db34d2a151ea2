#ifndef ZEROD_BASE_STOPWATCH_H_
#define ZEROD_BASE_STOPWATCH_H_

#include <chrono>

namespace zerod {

// Adds the seconds of its lifetime to `total`.
class Stopwatch {
 public:
  explicit Stopwatch(double& total) : total_(total) {}
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;
  ~Stopwatch() {
    total_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  double& total_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace zerod

#endif  // ZEROD_BASE_STOPWATCH_H_
