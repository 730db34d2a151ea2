#ifndef ZEROD_BENCH_KERNEL_OPTIONS_H_
#define ZEROD_BENCH_KERNEL_OPTIONS_H_

#include <cstdint>

#include "kernels/update.h"

namespace zerod::bench {

// What `zerod-bench kernel` measures: updates of one large parameter.
struct KernelOptions {
  Optimizer optimizer = Optimizer::kAdamW;
  Hyperparameters hyperparameters;  // of every step
  StateCodec codec = StateCodec::kRobust;
  DType dtype = DType::kBf16;  // of the weights
  MasterFormat master = MasterFormat::k24;
  MasterRounding rounding = MasterRounding::kNearest;
  DType gradient_dtype = DType::kBf16;
  std::uint64_t element_count = 0;  // multiple of kQuantGroupElements
  int thread_count = 1;
  int repetition_count = 9;

  UpdateRule rule() const { return RuleOf(optimizer, hyperparameters.momentum > 0.0); }
  std::size_t correction_bytes() const {  // per element
    return dtype == DType::kFp32 ? 0 : CorrectionBytes(master);
  }
};

}  // namespace zerod::bench

#endif  // ZEROD_BENCH_KERNEL_OPTIONS_H_
