#ifndef ZEROD_KERNELS_SPLIT_H_
#define ZEROD_KERNELS_SPLIT_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "zerod/base/tensor_view.h"
#include "zerod/kernels/formats.h"

namespace zerod {

// Initial values into a weights arena and a correction: nearest rounding. Values that the weights'
// dtype holds exactly give a zero correction; those that are not finite, or would round to infinity
// in that dtype, become NaN and are counted. `weights` holds values.element_count() elements of
// `dtype`, `correction` as many of CorrectionBytes(master).
struct SplitTask {
  ConstTensorView values;
  DType dtype = DType::kBf16;
  MasterFormat master = MasterFormat::k24;
  std::byte* weights = nullptr;
  std::byte* correction = nullptr;  // null for kNone and for fp32 weights
};
// Returns the number of values that are not finite.
std::uint64_t SplitWeights(const SplitTask& task);

// The master weights back as fp32: what the next update starts from.
struct JoinTask {
  DType dtype = DType::kBf16;
  MasterFormat master = MasterFormat::k24;
  const std::byte* weights = nullptr;
  const std::byte* correction = nullptr;
  std::span<float> values;
};
void JoinWeights(const JoinTask& task);

}  // namespace zerod

#endif  // ZEROD_KERNELS_SPLIT_H_
