#include "engine/initial_values.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "kernels/split.h"

namespace zerod {
namespace {

bool IsDType(DType dtype) {
  switch (dtype) {
    case DType::kBf16:
    case DType::kFp32:
    case DType::kFp16:
      return true;
  }
  return false;
}

absl::Status Load(const Parameter& parameter, const SplitTask& task) {
  const std::uint64_t nonfinite_count = SplitWeights(task);
  if (nonfinite_count == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "the initial values of parameter '", parameter.spec.name, "' hold ", nonfinite_count,
      " that are NaN, infinite, or too large for ", DTypeName(parameter.spec.dtype)));
}

// The arena of a rank with a trainer: weights only, since their correction lies with the owners.
absl::Status LoadArena(const JobLayout& layout, const InitialValuesPart& part,
                       const ShardMemory& memory) {
  const Parameter& parameter = layout.table.parameters()[part.parameter];
  std::vector<std::byte> unused_correction(part.values.element_count() *
                                           CorrectionBytes(parameter.master));
  const std::uint64_t offset =
      layout.WeightsOffset(parameter) + part.first * DTypeBytes(parameter.spec.dtype);
  return Load(parameter,
              {.values = part.values,
               .dtype = parameter.spec.dtype,
               .master = parameter.master,
               .weights = memory.At(MemoryKind::kWeights, offset),
               .correction = unused_correction.empty() ? nullptr : unused_correction.data()});
}

absl::Status LoadSegment(const JobLayout& layout, const InitialValuesPart& part,
                         const Segment& segment, const ShardMemory& memory) {
  const Parameter& parameter = layout.table.parameters()[part.parameter];
  const std::uint64_t segment_first = segment.flat.begin - parameter.flat.begin;
  const FlatRange common = Intersect({segment_first, segment_first + segment.valid_count},
                                     {part.first, part.first + part.values.element_count()});
  if (common.empty()) return absl::OkStatus();
  const std::uint64_t into_segment = common.begin - segment_first;
  const std::size_t value_bytes = DTypeBytes(part.values.dtype);
  std::byte* correction = memory.CorrectionAt(parameter, segment);
  if (correction != nullptr) correction += into_segment * CorrectionBytes(parameter.master);
  return Load(parameter,
              {.values = {part.values.dtype,
                          part.values.bytes.subspan((common.begin - part.first) * value_bytes,
                                                    common.count() * value_bytes)},
               .dtype = parameter.spec.dtype,
               .master = parameter.master,
               .weights = memory.At(MemoryKind::kWeights,
                                    segment.offsets[MemoryKind::kWeights] +
                                        into_segment * DTypeBytes(parameter.spec.dtype)),
               .correction = correction});
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
    if (!IsDType(values.dtype)) {
      return absl::InvalidArgumentError(
          absl::StrCat("the initial values of parameter '", name,
                       "' have a dtype that is not bf16, fp16 or fp32"));
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
                               const InitialValuesPart& part, const ShardMemory& memory) {
  const Parameter& parameter = layout.table.parameters()[part.parameter];
  const std::uint64_t count = part.values.element_count();
  if (part.first > parameter.element_count || count > parameter.element_count - part.first) {
    return absl::InvalidArgumentError(absl::StrCat(
        "initial values of parameter '", parameter.spec.name, "' for elements ", part.first, "..",
        part.first + count, " were given; it has ", parameter.element_count));
  }
  if (count == 0) return absl::OkStatus();
  if (plan.whole_model) ZEROD_RETURN_IF_ERROR(LoadArena(layout, part, memory));
  for (const SlicePlan& slice : plan.slices) {
    for (const Segment& segment : slice.segments) {
      if (segment.parameter != part.parameter) continue;
      ZEROD_RETURN_IF_ERROR(LoadSegment(layout, part, segment, memory));
    }
  }
  return absl::OkStatus();
}

}  // namespace zerod
