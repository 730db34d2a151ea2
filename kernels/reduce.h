#ifndef ZEROD_KERNELS_REDUCE_H_
#define ZEROD_KERNELS_REDUCE_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "zerod/base/dtype.h"

namespace zerod {

// The sum of one micro-batch's contributions over a stretch of one parameter, into the owner's
// reduced gradient. One micro-batch (first and last): reduced = round(sum * scale), in
// reduced_dtype. Several: fp32 accumulators in micro-batch order; the last one multiplies by scale.
// reduced_dtype is then kFp32.
struct ReduceTask {
  std::span<const std::byte* const>
      contributions;              // in contributor order, at least one; `valid_count` elements each
  DType dtype = DType::kBf16;     // of the contributions
  std::uint64_t count = 0;        // elements written; multiple of kQuantGroupElements
  std::uint64_t valid_count = 0;  // elements read; the rest is padding and is written as zero
  std::byte* reduced = nullptr;   // in and out
  DType reduced_dtype = DType::kBf16;  // or kFp32
  bool first = true;                   // the step's first micro-batch: overwrite
  bool last = true;                    // the step's last micro-batch: multiply by scale
  float scale = 1.0f;                  // 1 / (contributors * micro-batches * loss scale)
};

void ReduceContributions(const ReduceTask& task);
// The definition, element by element; the same bits.
void ReduceContributionsReference(const ReduceTask& task);

// A stretch of stored reduced gradient.
struct ReducedPiece {
  std::uint64_t flat_begin = 0;  // multiple of kQuantGroupElements
  std::uint64_t count = 0;       // multiple of kQuantGroupElements
  DType dtype = DType::kBf16;
  const std::byte* reduced = nullptr;
};

}  // namespace zerod

#endif  // ZEROD_KERNELS_REDUCE_H_
