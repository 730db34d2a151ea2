#ifndef ZEROD_KERNELS_GRADIENT_NORM_H_
#define ZEROD_KERNELS_GRADIENT_NORM_H_

#include <array>
#include <cstdint>
#include <span>

#include "kernels/reduce.h"

namespace zerod {

// An exact sum of non-negative binary32 values: integer bins by exponent, so that neither order nor
// grouping matters. Two sums merge by adding their bins; up to 2^39 values fit.
class ExactSum {
 public:
  static constexpr int kBinCount = 256;

  // `value` is finite and not negative.
  void Add(float value);
  void Merge(const ExactSum& other);
  // The exact sum, rounded once to the nearest binary64 (ties to even).
  double Round() const;

  // For an integer all-reduce.
  std::span<std::int64_t, kBinCount> bins() { return bins_; }

 private:
  std::array<std::int64_t, kBinCount>
      bins_{};  // by biased exponent, in units of that exponent's last place
};

// The squares of a shard's reduced gradient.
struct GradientNorm {
  ExactSum sum_of_squares;             // over all lines whose sum is finite
  std::uint64_t nonfinite_count = 0;   // reduced values that are infinite or NaN
  std::uint64_t overflowed_lines = 0;  // lines of finite values whose squares pass binary32's range
};

// Adds the squares of `pieces` line by line to `norm`. Pieces are in flat order and do not overlap;
// they cover whole lines but for stretches that hold nothing (frozen parameters, the tail), which
// count as zero.
void AccumulateNorm(std::span<const ReducedPiece> pieces, GradientNorm* norm);
// The definition; the same bits.
void AccumulateNormReference(std::span<const ReducedPiece> pieces, GradientNorm* norm);

}  // namespace zerod

#endif  // ZEROD_KERNELS_GRADIENT_NORM_H_
