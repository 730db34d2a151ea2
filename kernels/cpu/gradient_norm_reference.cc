#include "kernels/cpu/line_walk.h"
#include "kernels/float_ops.h"

namespace zerod {
namespace {

// 32 lanes of 8 consecutive elements, each a chain in index order; then lanes 16, 8, 4, 2, 1 apart.
float SumOfSquares(const Line& line) {
  std::array<float, 32> lanes{};
  for (std::size_t lane = 0; lane < 32; ++lane) {
    for (std::size_t k = 0; k < 8; ++k) {
      const float value = line[8 * lane + k];
      lanes[lane] = FusedMultiplyAdd(value, value, lanes[lane]);
    }
  }
  for (std::size_t apart = 16; apart >= 1; apart /= 2) {
    for (std::size_t lane = 0; lane < apart; ++lane) {
      lanes[lane] = Add(lanes[lane], lanes[lane + apart]);
    }
  }
  return lanes[0];
}

}  // namespace

void AccumulateNormReference(std::span<const ReducedPiece> pieces, GradientNorm* norm) {
  WalkLines(pieces, norm, SumOfSquares,
            [](const ReducedPiece&, std::uint64_t, std::uint64_t) { return false; });
}

}  // namespace zerod
