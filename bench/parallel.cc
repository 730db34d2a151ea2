#include "bench/parallel.h"

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace zerod::bench {

double TimeParallel(int thread_count, const std::function<void(int)>& work) {
  std::atomic<int> ready{0};
  std::atomic<bool> go{false};
  std::vector<std::thread> threads;
  for (int index = 1; index < thread_count; ++index) {
    threads.emplace_back([&, index] {
      ++ready;
      go.wait(false);
      work(index);
    });
  }
  while (ready < thread_count - 1) std::this_thread::yield();
  const auto start = std::chrono::steady_clock::now();
  go = true;
  go.notify_all();
  work(0);
  for (std::thread& thread : threads) thread.join();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace zerod::bench
