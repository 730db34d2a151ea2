#ifndef ZEROD_ENGINE_BYTE_LAYOUT_H_
#define ZEROD_ENGINE_BYTE_LAYOUT_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "base/flat_range.h"
#include "engine/parameter_table.h"
#include "kernels/update_rule.h"
#include "zerod/base/memory_kind.h"

namespace zerod {

// What decides how much a shard keeps per element, besides the parameter itself.
struct ShardFormat {
  UpdateRule rule = UpdateRule::kAdam;
  StateCodec codec = StateCodec::kRobust;
  bool accumulate = false;  // reduced gradients are binary32 accumulators
};

// Bytes that one quant group of a trainable `parameter` takes in memory of `kind`; 0 where it keeps
// nothing, and for frozen parameters, whose weights lie apart. kStaging holds contributions: as
// kGradients.
std::uint64_t GroupBytes(const Parameter& parameter, MemoryKind kind, const ShardFormat& format);

// The same for the weights of a frozen parameter; 0 for trainable ones.
std::uint64_t FrozenGroupBytes(const Parameter& parameter);

// The dtype in which the owner stores the reduced gradient of `parameter`: bf16 only for 16-bit
// contributions of a single micro-batch, so that fp32 gradients and accumulators lose nothing.
// Never fp16: the loss scale, which keeps contributions in its range, is undone by then.
DType ReducedDType(const Parameter& parameter, bool accumulate);

// Where flat indices stand in memory that holds parameters in flat order, each with its own width.
class ByteLayout {
 public:
  ByteLayout(const ParameterTable& table,
             const std::function<std::uint64_t(const Parameter&)>& group_bytes);

  // Bytes before flat index `flat`, a multiple of kQuantGroupElements.
  std::uint64_t OffsetOf(std::uint64_t flat) const;
  std::uint64_t BytesIn(FlatRange range) const {
    return OffsetOf(range.end) - OffsetOf(range.begin);
  }
  std::uint64_t total_bytes() const { return total_bytes_; }

 private:
  struct Run {
    std::uint64_t flat_begin;
    std::uint64_t byte_begin;
    std::uint64_t group_bytes;
  };
  std::vector<Run> runs_;  // ascending; the last one is the end, with no bytes
  std::uint64_t total_bytes_ = 0;
};

}  // namespace zerod

#endif  // ZEROD_ENGINE_BYTE_LAYOUT_H_
