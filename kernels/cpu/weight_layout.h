#ifndef ZEROD_KERNELS_CPU_WEIGHT_LAYOUT_H_
#define ZEROD_KERNELS_CPU_WEIGHT_LAYOUT_H_

#include "kernels/task_access.h"

namespace zerod {

// How a task's master weights lie in memory: one template instance each.
enum class WeightLayout { kBf16, kBf16With8, kBf16With16, kFp32 };

inline WeightLayout LayoutOf(const AdamWTask& task) {
  if (task.dtype == DType::kFp32) return WeightLayout::kFp32;
  switch (task.master) {
    case MasterFormat::k24:
      return WeightLayout::kBf16With8;
    case MasterFormat::k32:
      return WeightLayout::kBf16With16;
    case MasterFormat::kNone:
      break;
  }
  return WeightLayout::kBf16;
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CPU_WEIGHT_LAYOUT_H_
