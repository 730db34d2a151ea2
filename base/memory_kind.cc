#include "zerod/base/memory_kind.h"

namespace zerod {

absl::string_view MemoryKindName(MemoryKind kind) {
  switch (kind) {
    case MemoryKind::kWeights:
      return "weights";
    case MemoryKind::kGradients:
      return "gradients";
    case MemoryKind::kReducedGradients:
      return "reduced_gradients";
    case MemoryKind::kCorrection:
      return "correction";
    case MemoryKind::kM:
      return "m";
    case MemoryKind::kV:
      return "v";
    case MemoryKind::kScales:
      return "scales";
    case MemoryKind::kStaging:
      return "staging";
    case MemoryKind::kControl:
      return "control";
  }
  return "unknown kind";
}

}  // namespace zerod
