#ifndef ZEROD_BENCH_PARALLEL_H_
#define ZEROD_BENCH_PARALLEL_H_

#include <functional>

namespace zerod::bench {

// Runs work(0) to work(thread_count - 1) at once, the first on the calling thread; returns the
// seconds until the last is done.
double TimeParallel(int thread_count, const std::function<void(int)>& work);

}  // namespace zerod::bench

#endif  // ZEROD_BENCH_PARALLEL_H_
