#include "kernels/fused_update.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "base/check.h"
#include "kernels/reduce.h"
#include "kernels/task_part.h"

namespace zerod {
namespace {

// A part's reduced gradient stays in the first- or second-level cache.
constexpr std::uint64_t kPartElements = 4096;

void ReducePart(const FusedUpdateTask& fused, std::uint64_t begin, const UpdateTask& part,
                std::byte* reduced) {
  const GradientSource& source = fused.source;
  std::vector<const std::byte*> contributions(source.contributions,
                                              source.contributions + source.count);
  for (const std::byte*& bytes : contributions) bytes += begin * DTypeBytes(source.dtype);
  ReduceContributions({.contributions = contributions,
                       .dtype = source.dtype,
                       .count = part.count,
                       .valid_count = std::min(
                           part.count, source.valid_count - std::min(begin, source.valid_count)),
                       .reduced = reduced,
                       .reduced_dtype = part.gradient_dtype,
                       .scale = source.scale});
}

void UpdateFused(const UpdateContext& context, const FusedUpdateTask& fused) {
  ZEROD_CHECK(fused.source.valid_count <= fused.task.count);
  alignas(64) std::array<std::byte, kPartElements * sizeof(float)> reduced;
  const std::uint64_t weight_bytes = DTypeBytes(fused.task.dtype);
  for (std::uint64_t begin = 0; begin < fused.task.count; begin += kPartElements) {
    UpdateTask part =
        PartOf(context, fused.task, begin, std::min(kPartElements, fused.task.count - begin));
    if (fused.source.count > 0) {
      ReducePart(fused, begin, part, reduced.data());
      part.gradient = reduced.data();
    }
    UpdateWeights(context, std::span(&part, 1));
    for (std::uint32_t n = 0; n < fused.copies.count; ++n) {
      std::memcpy(fused.copies.destinations[n] + begin * weight_bytes, part.weights,
                  part.count * weight_bytes);
    }
  }
}

}  // namespace

void UpdateWeightsFused(const UpdateContext& context, std::span<const FusedUpdateTask> tasks) {
  for (const FusedUpdateTask& task : tasks) UpdateFused(context, task);
}

}  // namespace zerod
