#ifndef ZEROD_BENCH_SPREAD_H_
#define ZEROD_BENCH_SPREAD_H_

#include <vector>

namespace zerod::bench {

struct Spread {
  double median = 0;
  double interquartile_range = 0;
};

// `values` is not empty; quantiles are interpolated linearly.
Spread SpreadOf(std::vector<double> values);

}  // namespace zerod::bench

#endif  // ZEROD_BENCH_SPREAD_H_
