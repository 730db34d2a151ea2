#ifndef ZEROD_KERNELS_CPU_REDUCE_REFERENCE_H_
#define ZEROD_KERNELS_CPU_REDUCE_REFERENCE_H_

#include "base/check.h"
#include "kernels/reduce.h"
#include "zerod/kernels/formats.h"

namespace zerod {

// What every implementation may rely on.
inline void CheckReduceTask(const ReduceTask& task) {
  ZEROD_CHECK(!task.contributions.empty());
  ZEROD_CHECK(task.count % kQuantGroupElements == 0);
  ZEROD_CHECK(task.valid_count <= task.count);
  ZEROD_CHECK(task.reduced_dtype != DType::kFp16);
  // Accumulators between micro-batches are binary32.
  ZEROD_CHECK((task.first && task.last) || task.reduced_dtype == DType::kFp32);
}

// The elements from `begin` on, one by one.
void ReduceElements(const ReduceTask& task, std::uint64_t begin);

}  // namespace zerod

#endif  // ZEROD_KERNELS_CPU_REDUCE_REFERENCE_H_
