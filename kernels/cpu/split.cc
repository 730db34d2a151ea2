#include "kernels/split.h"

#include "base/check.h"
#include "kernels/task_access.h"

namespace zerod {

std::uint64_t SplitWeights(const SplitTask& task) {
  const bool wants_correction = EffectiveMaster(task.dtype, task.master) != MasterFormat::kNone;
  ZEROD_CHECK(!wants_correction || task.correction != nullptr);
  std::uint64_t nonfinite_count = 0;
  for (std::uint64_t i = 0; i < task.values.element_count(); ++i) {
    const float value = LoadElement(task.values.dtype, task.values.bytes.data(), i);
    const bool finite = StoreMaster(task.dtype, task.master, MasterRounding::kNearest, /*hash=*/0,
                                    value, task.weights, task.correction, i);
    if (!finite) ++nonfinite_count;
  }
  return nonfinite_count;
}

void JoinWeights(const JoinTask& task) {
  for (std::uint64_t i = 0; i < task.values.size(); ++i) {
    task.values[i] = LoadMaster(task.dtype, task.master, task.weights, task.correction, i);
  }
}

}  // namespace zerod
