#include "kernels/cpu/reduce_reference.h"

#include "kernels/element_access.h"
#include "kernels/float_environment.h"
#include "kernels/float_ops.h"

namespace zerod {

void ReduceElements(const ReduceTask& task, std::uint64_t begin) {
  for (std::uint64_t i = begin; i < task.count; ++i) {
    float value = 0.0f;
    if (i < task.valid_count) {
      value = LoadElement(task.dtype, task.contributions[0], i);
      for (const std::byte* contribution : task.contributions.subspan(1)) {
        value = Add(value, LoadElement(task.dtype, contribution, i));
      }
      if (!task.first) value = Add(ElementsOf<float>(task.reduced)[i], value);
      if (task.last) value = Multiply(value, task.scale);
    }
    StoreElement(task.reduced_dtype, value, task.reduced, i);
  }
}

void ReduceContributionsReference(const ReduceTask& task) {
  const DefaultFloatEnvironment environment;
  CheckReduceTask(task);
  ReduceElements(task, 0);
}

}  // namespace zerod
