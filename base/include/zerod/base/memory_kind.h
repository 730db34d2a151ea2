#ifndef ZEROD_BASE_MEMORY_KIND_H_
#define ZEROD_BASE_MEMORY_KIND_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace zerod {

// What a rank's memory is for.
enum class MemoryKind : std::uint8_t {
  kWeights,           // the weights arena: every parameter in its own dtype
  kGradients,         // the gradient arena of an attached trainer
  kReducedGradients,  // the owner's sums, of its slices only
  kCorrection,        // the low bits of the master weights
  kM,                 // first moments
  kV,                 // second moments
  kScales,            // one 16-bit scale per quant group and moment
  kStaging,           // peers' contributions on their way into a sum
  kControl,           // the pages through which an attached trainer and its rank talk
};
inline constexpr std::size_t kMemoryKindCount = 9;

// "weights", "gradients", "reduced_gradients", "correction", "m", "v", "scales", "staging",
// "control".
absl::string_view MemoryKindName(MemoryKind kind);

// Bytes by kind.
struct MemoryBytes {
  std::array<std::uint64_t, kMemoryKindCount> by_kind{};

  std::uint64_t& operator[](MemoryKind kind) { return by_kind[static_cast<std::size_t>(kind)]; }
  std::uint64_t operator[](MemoryKind kind) const {
    return by_kind[static_cast<std::size_t>(kind)];
  }
  // correction + m + v + scales: what the optimizer keeps from step to step.
  std::uint64_t OptimizerState() const {
    using enum MemoryKind;
    return (*this)[kCorrection] + (*this)[kM] + (*this)[kV] + (*this)[kScales];
  }
};

}  // namespace zerod

#endif  // ZEROD_BASE_MEMORY_KIND_H_
