#ifndef ZEROD_KERNELS_CUDA_REDUCE_TASKS_H_
#define ZEROD_KERNELS_CUDA_REDUCE_TASKS_H_

#include <cstddef>
#include <cstdint>

#include "zerod/base/dtype.h"

namespace zerod {

// A ReduceTask, and where its elements are in the flat space. All pointers are to memory that the
// device can reach. `reduced` is aligned as quant groups are, to 64 bytes; contributions need no
// alignment but their elements', and 16 bytes are faster.
struct DeviceReduceTask {
  std::uint64_t flat_begin = 0;                     // multiple of kQuantGroupElements
  std::uint64_t count = 0;                          // multiple of kQuantGroupElements
  std::uint64_t valid_count = 0;                    // of each contribution; the rest is padding
  const std::byte* const* contributions = nullptr;  // `contribution_count` pointers, at least one
  std::uint32_t contribution_count = 0;
  DType dtype = DType::kBf16;          // of the contributions
  DType reduced_dtype = DType::kBf16;  // kFp32 unless first and last
  bool first = true;                   // as in ReduceTask
  bool last = true;
  float scale = 1.0f;
  std::byte* reduced = nullptr;  // in and out
};

// A GradientNorm as the device adds to it: zeros to begin with. Bins as in ExactSum.
struct DeviceGradientNorm {
  std::int64_t bins[256];
  std::uint64_t nonfinite_count;
  std::uint64_t overflowed_lines;
};

// ReduceContributions of every task and, if `norm` is not null, AccumulateNorm of what is stored.
// Tasks are in flat order and do not overlap; lines that they do not cover count as zero there.
struct ReduceLaunch {
  const DeviceReduceTask* tasks = nullptr;
  const std::uint64_t* line_begins = nullptr;  // LineBegins of the tasks (line_begins.h)
  std::uint32_t task_count = 0;
  std::uint64_t line_count = 0;  // the last of line_begins
  DeviceGradientNorm* norm = nullptr;
};

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_REDUCE_TASKS_H_
