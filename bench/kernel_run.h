#ifndef ZEROD_BENCH_KERNEL_RUN_H_
#define ZEROD_BENCH_KERNEL_RUN_H_

#include <vector>

#include "absl/status/statusor.h"
#include "bench/kernel_options.h"

namespace zerod::bench {

// Seconds of every repetition, and what they moved.
struct KernelTimes {
  std::vector<double> update_s;
  std::vector<double> copy_s;  // a large memcpy by the same number of threads, between the updates
  std::vector<double> scalar_s;  // the reference, one thread
  double update_bytes = 0;       // read plus written
  double copy_bytes = 0;         // read plus written
  double scalar_elements = 0;
};

// kResourceExhausted where memory does not suffice.
absl::StatusOr<KernelTimes> RunKernel(const KernelOptions& options);

}  // namespace zerod::bench

#endif  // ZEROD_BENCH_KERNEL_RUN_H_
