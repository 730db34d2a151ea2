// One residual makes a quotient of a correctly rounded reciprocal correctly rounded, for all 2^46
// pairs of mantissas. An error analysis leaves those whose quotient is within 2.25 * 2^-24 units in
// the last place of the middle between two numbers; this test takes all within 3 times as much.
#include <bit>
#include <cstdint>

#include "gtest/gtest.h"
#include "kernels/cuda/seeded_float.h"

namespace zerod {
namespace {

constexpr std::uint64_t kLeast = std::uint64_t{1} << 23;  // a 24-bit mantissa as an integer
constexpr int kGreatestDistance = 12;

struct Found {
  std::uint64_t cases = 0;
  std::uint64_t wrong = 0;
};

std::uint64_t InverseOfOdd(std::uint64_t value) {
  std::uint64_t inverse = value;
  for (int i = 0; i < 5; ++i) inverse *= 2 - value * inverse;
  return inverse;
}

// All a with 2^(shift + 1) * a = b * middle + distance: their quotient by b, scaled to 24 bits, is
// `distance` / 2b from middle / 2, where `middle` is odd.
void CheckNearMiddles(std::uint64_t b, int shift, std::int64_t distance, Found* found) {
  const int zeros = std::countr_zero(b);
  const int bits = shift + 1 - zeros;
  const auto odd_distance = static_cast<std::uint64_t>(distance / (std::int64_t{1} << zeros));
  const std::uint64_t first =
      ((0 - odd_distance) * InverseOfOdd(b >> zeros)) & ((std::uint64_t{1} << bits) - 1);
  for (std::uint64_t middle = first; middle < 4 * kLeast; middle += std::uint64_t{1} << bits) {
    if (middle < 2 * kLeast || middle % 2 == 0) continue;
    const std::uint64_t product = b * middle + static_cast<std::uint64_t>(distance);
    const std::uint64_t a = product >> (shift + 1);
    if (a < kLeast || a >= 2 * kLeast) continue;
    ASSERT_EQ(a << (shift + 1), product);
    const auto dividend = static_cast<float>(a);
    const auto divisor = static_cast<float>(b);
    ++found->cases;
    if (Quotient(dividend, divisor) != dividend / divisor) ++found->wrong;
  }
}

TEST(DivisionProof, EveryQuotientNearAMiddleIsCorrectlyRounded) {
  Found found;
  for (std::uint64_t b = kLeast; b < 2 * kLeast; ++b) {
    const int zeros = std::countr_zero(b);
    for (std::int64_t distance = -kGreatestDistance; distance <= kGreatestDistance; ++distance) {
      // Both sides have as many factors of 2 as b: middle is odd.
      if (distance == 0 || std::countr_zero(static_cast<std::uint64_t>(distance)) != zeros) {
        continue;
      }
      CheckNearMiddles(b, 23, distance, &found);
      CheckNearMiddles(b, 24, distance, &found);
    }
  }
  EXPECT_GT(found.cases, 60000000u);
  EXPECT_EQ(found.wrong, 0u);
}

}  // namespace
}  // namespace zerod
