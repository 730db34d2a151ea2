#include "kernels/split.h"

#include "base/check.h"
#include "kernels/float_environment.h"
#include "kernels/master_access.h"

namespace zerod {

std::uint64_t SplitWeights(const SplitTask& task) {
  const DefaultFloatEnvironment environment;
  const MasterLayout layout = LayoutOf(task.dtype, task.master);
  const bool wants_correction = task.dtype != DType::kFp32 && task.master != MasterFormat::kNone;
  ZEROD_CHECK(!wants_correction || task.correction != nullptr);
  const std::uint32_t limit = MasterLimit(layout, MasterRounding::kNearest);
  std::uint64_t nonfinite_count = 0;
  for (std::uint64_t i = 0; i < task.values.element_count(); ++i) {
    const float value = LoadElement(task.values.dtype, task.values.bytes.data(), i);
    const bool finite = MagnitudeBits(value) < limit;
    const SplitBits split = SplitMaster(layout, MasterRounding::kNearest, /*hash=*/0,
                                        finite ? BitsOf(value) : kCanonicalNanBits);
    StoreSplit(layout, split, task.weights, task.correction, i);
    if (!finite) ++nonfinite_count;
  }
  return nonfinite_count;
}

void JoinWeights(const JoinTask& task) {
  const DefaultFloatEnvironment environment;
  const MasterLayout layout = LayoutOf(task.dtype, task.master);
  for (std::uint64_t i = 0; i < task.values.size(); ++i) {
    task.values[i] =
        FloatOf(JoinMaster(layout, LoadSplit(layout, task.weights, task.correction, i)));
  }
}

}  // namespace zerod
