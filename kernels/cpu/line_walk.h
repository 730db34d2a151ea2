#ifndef ZEROD_KERNELS_CPU_LINE_WALK_H_
#define ZEROD_KERNELS_CPU_LINE_WALK_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "base/check.h"
#include "kernels/element_access.h"
#include "kernels/float_bits.h"
#include "kernels/gradient_norm.h"
#include "zerod/kernels/formats.h"

namespace zerod {

// One line's values, widened; zero where no piece has anything.
using Line = std::array<float, kLineElements>;

inline void AddLineSum(float sum, const Line& line, GradientNorm* norm) {
  if (IsFinite(sum)) {
    norm->sum_of_squares.Add(sum);
    return;
  }
  const auto nonfinite_count = static_cast<std::uint64_t>(
      std::count_if(line.begin(), line.end(), [](float value) { return !IsFinite(value); }));
  norm->nonfinite_count += nonfinite_count;
  if (nonfinite_count == 0) ++norm->overflowed_lines;
}

// Puts lines together from pieces. `sum_line` turns a Line into its sum of squares. `sum_run` may
// take a run of whole lines of one piece at once: (piece, first element, line count); it returns
// whether it did.
template <typename SumLine, typename SumRun>
void WalkLines(std::span<const ReducedPiece> pieces, GradientNorm* norm, SumLine sum_line,
               SumRun sum_run) {
  Line line{};
  std::uint64_t open_line = 0;
  bool open = false;
  const auto close = [&] {
    if (open) AddLineSum(sum_line(line), line, norm);
    open = false;
  };
  std::uint64_t covered_end = 0;
  for (const ReducedPiece& piece : pieces) {
    ZEROD_CHECK(piece.flat_begin >= covered_end);
    covered_end = piece.flat_begin + piece.count;
    for (std::uint64_t i = 0; i < piece.count;) {
      const std::uint64_t flat = piece.flat_begin + i;
      const std::uint64_t offset = flat % kLineElements;
      if (offset == 0 && piece.count - i >= kLineElements) {
        const std::uint64_t line_count = (piece.count - i) / kLineElements;
        close();
        if (sum_run(piece, i, line_count)) {
          i += line_count * kLineElements;
          continue;
        }
      }
      if (!open || open_line != flat / kLineElements) {
        close();
        line.fill(0.0f);
        open_line = flat / kLineElements;
        open = true;
      }
      const std::uint64_t taken = std::min(piece.count - i, kLineElements - offset);
      for (std::uint64_t k = 0; k < taken; ++k) {
        line[offset + k] = LoadElement(piece.dtype, piece.reduced, i + k);
      }
      i += taken;
    }
  }
  close();
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CPU_LINE_WALK_H_
