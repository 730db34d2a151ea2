#include "engine/byte_layout.h"

#include <algorithm>

#include "base/check.h"

namespace zerod {

DType ReducedDType(const Parameter& parameter, bool accumulate) {
  return accumulate || parameter.spec.dtype == DType::kFp32 ? DType::kFp32 : DType::kBf16;
}

std::uint64_t FrozenGroupBytes(const Parameter& parameter) {
  return parameter.frozen ? kQuantGroupElements * DTypeBytes(parameter.spec.dtype) : 0;
}

std::uint64_t GroupBytes(const Parameter& parameter, MemoryKind kind, const ShardFormat& format) {
  if (parameter.frozen) return 0;
  switch (kind) {
    case MemoryKind::kWeights:
    case MemoryKind::kGradients:
    case MemoryKind::kStaging:
      return kQuantGroupElements * DTypeBytes(parameter.spec.dtype);
    case MemoryKind::kReducedGradients:
      return kQuantGroupElements * DTypeBytes(ReducedDType(parameter, format.accumulate));
    case MemoryKind::kCorrection:
      return kQuantGroupElements * CorrectionBytes(parameter.master);
    case MemoryKind::kM:
      return HasM(format.rule) ? kQuantGroupElements * MomentBytes(format.codec) : 0;
    case MemoryKind::kV:
      return HasV(format.rule) ? kQuantGroupElements * MomentBytes(format.codec) : 0;
    case MemoryKind::kScales:
      return MomentCount(format.rule) * ScaleBytes(format.codec);
    case MemoryKind::kControl:
      return 0;
  }
  ZEROD_CHECK(false);
}

ByteLayout::ByteLayout(const ParameterTable& table,
                       const std::function<std::uint64_t(const Parameter&)>& group_bytes) {
  for (const Parameter& parameter : table.parameters()) {
    if (parameter.flat.empty()) continue;
    runs_.push_back({parameter.flat.begin, total_bytes_, group_bytes(parameter)});
    total_bytes_ += parameter.flat.count() / kQuantGroupElements * runs_.back().group_bytes;
  }
  runs_.push_back({table.parameters().back().flat.end, total_bytes_, 0});
}

std::uint64_t ByteLayout::OffsetOf(std::uint64_t flat) const {
  const auto after = std::ranges::upper_bound(runs_, flat, {}, &Run::flat_begin);
  ZEROD_CHECK(after != runs_.begin());
  const Run& run = *(after - 1);
  return run.byte_begin + (flat - run.flat_begin) / kQuantGroupElements * run.group_bytes;
}

}  // namespace zerod
