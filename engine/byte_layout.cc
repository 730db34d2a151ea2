#include "engine/byte_layout.h"

#include <algorithm>

#include "base/check.h"

namespace zerod {

DType ReducedDType(const Parameter& parameter, bool accumulate) {
  return accumulate ? DType::kFp32 : parameter.spec.dtype;
}

std::uint64_t GroupBytes(const Parameter& parameter, MemoryKind kind, StateCodec codec,
                         bool accumulate) {
  const std::uint64_t elements = kQuantGroupElements;
  if (kind == MemoryKind::kWeights) return elements * DTypeBytes(parameter.spec.dtype);
  if (parameter.frozen) return 0;
  switch (kind) {
    case MemoryKind::kWeights:
    case MemoryKind::kGradients:
    case MemoryKind::kStaging:
      return elements * DTypeBytes(parameter.spec.dtype);
    case MemoryKind::kReducedGradients:
      return elements * DTypeBytes(ReducedDType(parameter, accumulate));
    case MemoryKind::kCorrection:
      return elements * CorrectionBytes(parameter.master);
    case MemoryKind::kM:
    case MemoryKind::kV:
      return elements * MomentBytes(codec);
    case MemoryKind::kScales:
      return ScaleBytes(codec);
  }
  ZEROD_CHECK(false);
}

ByteLayout::ByteLayout(const ParameterTable& table, MemoryKind kind, StateCodec codec,
                       bool accumulate) {
  for (const Parameter& parameter : table.parameters()) {
    if (parameter.flat.empty()) continue;
    const std::uint64_t group_bytes = GroupBytes(parameter, kind, codec, accumulate);
    runs_.push_back({parameter.flat.begin, total_bytes_, group_bytes});
    total_bytes_ += parameter.flat.count() / kQuantGroupElements * group_bytes;
  }
  const auto last = table.parameters().back().flat.end;
  runs_.push_back({last, total_bytes_, 0});
}

std::uint64_t ByteLayout::OffsetOf(std::uint64_t flat) const {
  const auto after = std::ranges::upper_bound(runs_, flat, {}, &Run::flat_begin);
  ZEROD_CHECK(after != runs_.begin());
  const Run& run = *(after - 1);
  return run.byte_begin + (flat - run.flat_begin) / kQuantGroupElements * run.group_bytes;
}

}  // namespace zerod
