#include "kernels/task_part.h"

#include "base/check.h"

namespace zerod {

UpdateTask PartOf(const UpdateContext& context, const UpdateTask& task, std::uint64_t begin,
                  std::uint64_t count) {
  const auto moved = [begin](auto* bytes, std::uint64_t element_bytes) {
    return bytes == nullptr ? nullptr : bytes + begin * element_bytes;
  };
  ZEROD_CHECK(begin % kQuantGroupElements == 0 && begin + count <= task.count);
  UpdateTask part = task;
  part.flat_begin += begin;
  part.count = count;
  part.gradient = moved(task.gradient, DTypeBytes(task.gradient_dtype));
  part.weights = moved(task.weights, DTypeBytes(task.dtype));
  part.correction = moved(task.correction, CorrectionBytes(task.master));
  part.m = moved(task.m, MomentBytes(context.codec));
  part.v = moved(task.v, MomentBytes(context.codec));
  if (task.scales != nullptr) {
    part.scales += begin / kQuantGroupElements * MomentCount(context.rule);
  }
  return part;
}

}  // namespace zerod
