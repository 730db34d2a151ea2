#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <vector>

#include "kernels/float_bits.h"
#include "kernels/gradient_norm.h"

namespace zerod {
namespace {

// A big integer apart from the implementation's: decimal-free schoolbook addition over bits, in
// units of 2^-149.
class BigSum {
 public:
  void Add(float value) {
    int exponent = 0;
    const double fraction = std::frexp(static_cast<double>(value), &exponent);
    auto mantissa = static_cast<std::uint64_t>(std::ldexp(fraction, 24));
    int position = exponent - 24 + 149;
    while (position < 0) {  // a subnormal's lowest bits are zero
      mantissa >>= 1;
      ++position;
    }
    for (; mantissa != 0; mantissa >>= 1, ++position) {
      if ((mantissa & 1) != 0) AddBit(position);
    }
  }
  double Round() const {
    int top = static_cast<int>(bits_.size()) - 1;
    while (top >= 0 && !bits_[static_cast<std::size_t>(top)]) --top;
    double result = 0;
    for (int i = top; i > top - 53 && i >= 0; --i) {
      if (bits_[static_cast<std::size_t>(i)]) result += std::ldexp(1.0, i - 149);
    }
    const int cut = top - 53;
    if (cut < 0 || !bits_[static_cast<std::size_t>(cut)]) return result;
    const bool sticky = std::any_of(bits_.begin(), bits_.begin() + cut, [](bool b) { return b; });
    const bool odd = bits_[static_cast<std::size_t>(cut) + 1];
    return sticky || odd ? result + std::ldexp(1.0, cut + 1 - 149) : result;
  }

 private:
  void AddBit(int position) {
    auto i = static_cast<std::size_t>(position);
    for (; bits_.at(i); ++i) bits_[i] = false;
    bits_[i] = true;
  }
  std::vector<bool> bits_ = std::vector<bool>(400);
};

std::vector<float> RandomValues(std::uint32_t seed, std::size_t count, std::uint32_t bits_mask) {
  std::mt19937 random(seed);
  std::vector<float> values;
  while (values.size() < count) {
    const float value = FloatOf(random() & bits_mask);
    if (IsFinite(value)) values.push_back(value);
  }
  return values;
}

double Sum(const std::vector<float>& values) {
  ExactSum sum;
  for (float value : values) sum.Add(value);
  return sum.Round();
}

TEST(ExactSum, EqualsABigInteger) {
  // All exponents; one narrow range, where carries pile up; subnormals.
  for (std::uint32_t mask : {0x7fffffffu, 0x01ffffffu, 0x007fffffu, 0x00ffffffu}) {
    for (std::uint32_t seed = 0; seed < 50; ++seed) {
      const std::vector<float> values = RandomValues(seed, 1 + seed * 7, mask);
      BigSum oracle;
      for (float value : values) oracle.Add(value);
      ASSERT_EQ(Sum(values), oracle.Round()) << mask << ", " << seed;
    }
  }
}

TEST(ExactSum, RoundsTiesToEven) {
  // 2^53 + 1 is a tie between 2^53 and 2^53 + 2; a subnormal more decides it.
  std::vector<float> values = {0x1p53f, 1.0f};
  EXPECT_EQ(Sum(values), 0x1p53);
  values.push_back(std::numeric_limits<float>::denorm_min());
  EXPECT_EQ(Sum(values), 0x1p53 + 2);
  EXPECT_EQ(Sum({0x1p53f, 2.0f, 1.0f}), 0x1p53 + 4);
  EXPECT_EQ(Sum({0x1p54f, 0x1p53f, 0x1p52f, 0x1p51f, 1.0f}), 0x1.ep54);
}

TEST(ExactSum, DependsNeitherOnOrderNorOnGrouping) {
  std::vector<float> values = RandomValues(9, 5000, 0x7fffffff);
  const double expected = Sum(values);
  std::mt19937 random(10);
  for (int round = 0; round < 20; ++round) {
    std::shuffle(values.begin(), values.end(), random);
    std::vector<ExactSum> parts(1 + static_cast<std::size_t>(round) % 7);
    for (std::size_t i = 0; i < values.size(); ++i) parts[random() % parts.size()].Add(values[i]);
    ExactSum merged;
    for (const ExactSum& part : parts) merged.Merge(part);
    EXPECT_EQ(merged.Round(), expected);
  }
}

TEST(ExactSum, Extremes) {
  EXPECT_EQ(Sum({}), 0.0);
  EXPECT_EQ(Sum({0.0f, -0.0f}), 0.0);
  const float max = std::numeric_limits<float>::max();
  EXPECT_EQ(Sum(std::vector<float>(1024, max)), 1024.0 * max);
  const float tiny = std::numeric_limits<float>::denorm_min();
  EXPECT_EQ(Sum(std::vector<float>(1000, tiny)), 1000.0 * tiny);
  // Bins as full as they may get: 2^39 values of the largest mantissa.
  ExactSum full;
  for (std::size_t bin = 1; bin < 255; ++bin) full.bins()[bin] = (std::int64_t{1} << 39) * 0xffffff;
  full.bins()[0] = (std::int64_t{1} << 39) * 0x7fffff;
  EXPECT_NEAR(full.Round() / (0x1p39 * 0x1p129), 1.0, 1e-6);
}

}  // namespace
}  // namespace zerod
