#ifndef ZEROD_EXAMPLES_TRAIN_LM_RANDOM_H_
#define ZEROD_EXAMPLES_TRAIN_LM_RANDOM_H_

#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <numbers>

namespace zerod::train_lm {

// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). Its stream is the same on every machine and
// library, which the standard distributions do not promise, so a seed names one run everywhere.
class Random {
 public:
  // Every list of keys names its own stream: a batch can be drawn without drawing those before it.
  explicit Random(std::initializer_list<std::uint64_t> keys) {
    for (const std::uint64_t key : keys) state_ = Next() ^ (key * 0xd1342543de82ef95);
  }

  std::uint64_t Next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  // In [0, 1), 53 bits.
  double Uniform() { return static_cast<double>(Next() >> 11) * 0x1p-53; }

  // In [0, count); count > 0. The bias of the multiplication is below count / 2^53.
  std::uint64_t Below(std::uint64_t count) {
    return static_cast<std::uint64_t>(Uniform() * static_cast<double>(count));
  }

  // Standard normal (Box and Muller).
  double Normal() {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - Uniform()));
    return radius * std::cos(2.0 * std::numbers::pi * Uniform());
  }

 private:
  std::uint64_t state_ = 0;
};

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_RANDOM_H_
