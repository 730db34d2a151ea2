#ifndef ZEROD_KERNELS_FORMATS_H_
#define ZEROD_KERNELS_FORMATS_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace zerod {

// How the optimizer's moments are stored. Numeric values are persisted: never renumber.
// docs/numerics.md has the bits.
enum class StateCodec : std::uint8_t {
  kFp32 = 1,    // unquantised: 4 bytes a value, no scales
  kFlash = 2,   // FlashOptim's (arXiv 2602.23349): 1 byte a value, an fp16 scale per quant group
  kRobust = 3,  // the same bytes, without what breaks the other; the default
};

// What is kept beside a bf16 or fp16 weight so that both together are a finer master weight.
enum class MasterFormat : std::uint8_t {
  kNone = 1,  // nothing: the weight is the master. Also the format of fp32 parameters, which store
              // themselves
  k24 = 2,    // an int8 correction: 24 bits in all
  k32 = 3,    // an int16 correction: 32 bits; beside bf16 lossless
};

// How an updated master is rounded to its 24 bits (or to the weight when nothing else is kept).
// 32-bit masters are rounded to nearest.
enum class MasterRounding : std::uint8_t { kNearest = 1, kStochastic = 2 };

absl::string_view StateCodecName(StateCodec codec);             // "fp32", "flash", "robust"
absl::string_view MasterFormatName(MasterFormat format);        // "none", "24", "32"
absl::string_view MasterRoundingName(MasterRounding rounding);  // "nearest", "stochastic"
absl::StatusOr<StateCodec> ParseStateCodec(absl::string_view text);
absl::StatusOr<MasterFormat> ParseMasterFormat(absl::string_view text);
absl::StatusOr<MasterRounding> ParseMasterRounding(absl::string_view text);

// Elements that share a scale. Every parameter starts on a multiple of it.
inline constexpr std::uint64_t kQuantGroupElements = 32;
// Buckets, slices and shards are cut on multiples of it; the sum of squares is taken line by line.
inline constexpr std::uint64_t kLineElements = 256;

// Bytes of one stored moment value.
constexpr std::size_t MomentBytes(StateCodec codec) { return codec == StateCodec::kFp32 ? 4 : 1; }
// Bytes of one quant group's scale of one moment.
constexpr std::size_t ScaleBytes(StateCodec codec) { return codec == StateCodec::kFp32 ? 0 : 2; }
// Bytes of correction per element.
constexpr std::size_t CorrectionBytes(MasterFormat format) {
  return format == MasterFormat::k24 ? 1 : format == MasterFormat::k32 ? 2 : 0;
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_FORMATS_H_
