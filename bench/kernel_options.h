#ifndef ZEROD_BENCH_KERNEL_OPTIONS_H_
#define ZEROD_BENCH_KERNEL_OPTIONS_H_

#include <cstdint>

#include "kernels/adamw.h"

namespace zerod::bench {

// What `zerod-bench kernel` measures: AdamW updates of bf16 weights.
struct KernelOptions {
  StateCodec codec = StateCodec::kRobust;
  MasterFormat master = MasterFormat::k24;
  MasterRounding rounding = MasterRounding::kNearest;
  DType gradient_dtype = DType::kBf16;
  std::uint64_t element_count = 0;  // multiple of kQuantGroupElements
  int thread_count = 1;
  int repetition_count = 9;
};

}  // namespace zerod::bench

#endif  // ZEROD_BENCH_KERNEL_OPTIONS_H_
