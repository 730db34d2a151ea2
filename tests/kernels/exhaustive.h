#ifndef ZEROD_TESTS_KERNELS_EXHAUSTIVE_H_
#define ZEROD_TESTS_KERNELS_EXHAUSTIVE_H_

#include <algorithm>
#include <cstdint>
#include <thread>
#include <vector>

namespace zerod {

// The sum of `count_violations(begin, count)` over blocks that together are [0, input_count), on
// two threads. A block's size is a power of two and its begin a multiple of it.
template <typename CountViolations>
std::uint64_t ViolationsAmong(std::uint64_t input_count, const CountViolations& count_violations) {
  constexpr std::size_t kThreads = 2;
  constexpr std::uint64_t kBlock = 1 << 20;
  std::vector<std::uint64_t> violations(kThreads);
  std::vector<std::thread> threads;
  for (std::size_t thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      std::uint64_t sum = 0;
      for (std::uint64_t begin = thread * kBlock; begin < input_count; begin += kThreads * kBlock) {
        sum += count_violations(begin, std::min(kBlock, input_count - begin));
      }
      violations[thread] = sum;
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::uint64_t sum = 0;
  for (std::uint64_t n : violations) sum += n;
  return sum;
}

}  // namespace zerod

#endif  // ZEROD_TESTS_KERNELS_EXHAUSTIVE_H_
