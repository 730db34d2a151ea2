#include "engine/initial_values.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "kernels/split.h"

namespace zerod {
namespace {

ConstTensorView Part(const ConstTensorView& view, std::uint64_t first, std::uint64_t count) {
  const std::size_t element_bytes = DTypeBytes(view.dtype);
  return {view.dtype, view.bytes.subspan(first * element_bytes, count * element_bytes)};
}

absl::Status Load(const Parameter& parameter, const SplitTask& task) {
  const std::uint64_t nonfinite_count = SplitWeights(task);
  if (nonfinite_count == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "the initial values of parameter '", parameter.spec.name, "' hold ", nonfinite_count,
      " that are NaN, infinite, or too large for ", DTypeName(parameter.spec.dtype)));
}

// The whole arena of a rank with a trainer: weights only, since their correction lies with the
// owners.
absl::Status LoadArena(const JobLayout& layout, std::span<const ConstTensorView> initial_values,
                       const ShardMemory& memory) {
  std::vector<std::byte> unused_correction;
  for (std::size_t index = 0; index < initial_values.size(); ++index) {
    const Parameter& parameter = layout.table.parameters()[index];
    if (parameter.element_count == 0) continue;
    unused_correction.resize(parameter.element_count * CorrectionBytes(parameter.master));
    ZEROD_RETURN_IF_ERROR(Load(
        parameter, {.values = initial_values[index],
                    .dtype = parameter.spec.dtype,
                    .master = parameter.master,
                    .weights = memory.At(MemoryKind::kWeights, layout.WeightsOffset(parameter)),
                    .correction = unused_correction.empty() ? nullptr : unused_correction.data()}));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckInitialValues(const JobLayout& layout,
                                std::span<const ConstTensorView> initial_values) {
  const std::span<const Parameter> parameters = layout.table.parameters();
  if (initial_values.size() != parameters.size()) {
    return absl::InvalidArgumentError(absl::StrCat("initial values for ", initial_values.size(),
                                                   " parameters were given; the job has ",
                                                   parameters.size()));
  }
  for (std::size_t index = 0; index < parameters.size(); ++index) {
    const ConstTensorView& values = initial_values[index];
    const std::string& name = parameters[index].spec.name;
    if (values.dtype != DType::kBf16 && values.dtype != DType::kFp32) {
      return absl::InvalidArgumentError(absl::StrCat("the initial values of parameter '", name,
                                                     "' have a dtype that is not bf16 or fp32"));
    }
    if (values.bytes.size() != parameters[index].element_count * DTypeBytes(values.dtype)) {
      return absl::InvalidArgumentError(
          absl::StrCat("the initial values of parameter '", name, "' have ", values.bytes.size(),
                       " bytes; its ", parameters[index].element_count, " elements take ",
                       parameters[index].element_count * DTypeBytes(values.dtype), " as ",
                       DTypeName(values.dtype)));
    }
  }
  return absl::OkStatus();
}

absl::Status LoadInitialValues(const JobLayout& layout, const ShardPlan& plan,
                               std::span<const ConstTensorView> initial_values,
                               const ShardMemory& memory) {
  if (plan.whole_model) ZEROD_RETURN_IF_ERROR(LoadArena(layout, initial_values, memory));
  for (const SlicePlan& slice : plan.slices) {
    for (const Segment& segment : slice.segments) {
      const Parameter& parameter = layout.table.parameters()[segment.parameter];
      const std::uint64_t first = segment.flat.begin - parameter.flat.begin;
      ZEROD_RETURN_IF_ERROR(
          Load(parameter,
               {.values = Part(initial_values[segment.parameter], first, segment.valid_count),
                .dtype = parameter.spec.dtype,
                .master = parameter.master,
                .weights = memory.At(MemoryKind::kWeights, segment.offsets[MemoryKind::kWeights]),
                .correction = memory.CorrectionAt(parameter, segment)}));
    }
  }
  return absl::OkStatus();
}

}  // namespace zerod
