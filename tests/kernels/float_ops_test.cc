#include "kernels/float_ops.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "kernels/float_bits.h"

namespace zerod {
namespace {

// In steps of 1/256 above the origin, clamped to [1, 255].
std::uint32_t ExpectedFixedPoint(float shifted) {
  const double steps = (static_cast<double>(shifted) - 49152.0) * 256.0;
  return static_cast<std::uint32_t>(steps < 256.0 ? 256.0 : steps > 65280.0 ? 65280.0 : steps);
}

TEST(FixedPoint, EveryNumberAroundItsRange) {
  for (std::uint32_t bits = BitsOf(32768.0f); bits <= BitsOf(65536.0f); ++bits) {
    ASSERT_EQ(FixedPoint(FloatOf(bits)), ExpectedFixedPoint(FloatOf(bits))) << FloatOf(bits);
  }
}

TEST(FixedPoint, EveryStepOfItsRangeIsANumber) {
  for (std::uint32_t fixed = 256; fixed <= 65280; ++fixed) {
    ASSERT_EQ(FixedPoint(kFixedOrigin + static_cast<float>(fixed) / 256), fixed);
  }
}

TEST(FixedPoint, SaturatesBeyondItsRange) {
  for (std::uint32_t bits = 0; bits <= kInfinityBits; bits += 4093) {
    ASSERT_EQ(FixedPoint(FloatOf(bits)), ExpectedFixedPoint(FloatOf(bits))) << FloatOf(bits);
    ASSERT_EQ(FixedPoint(-FloatOf(bits)), 256u);
  }
  EXPECT_EQ(FixedPoint(std::numeric_limits<float>::infinity()), 65280u);
  EXPECT_EQ(FixedPoint(-std::numeric_limits<float>::infinity()), 256u);
}

TEST(FixedPoint, ASumWithTheOriginRoundsToNearestEven) {
  EXPECT_EQ(FixedPoint(Add(7.0f + 0.5f / 256, kFixedOrigin)), 7u * 256);
  EXPECT_EQ(FixedPoint(Add(7.0f + 1.5f / 256, kFixedOrigin)), 7u * 256 + 2);
  EXPECT_EQ(FixedPoint(Add(7.0f + 0.51f / 256, kFixedOrigin)), 7u * 256 + 1);
}

TEST(NearestInteger, TiesGoToEven) {
  for (int integer = -1000; integer <= 1000; ++integer) {
    const auto value = static_cast<float>(integer);
    EXPECT_EQ(NearestInteger(value), integer);
    EXPECT_EQ(NearestInteger(value + 0.5f), integer + (integer & 1));
    EXPECT_EQ(NearestInteger(std::nextafter(value + 0.5f, 1e9f)), integer + 1);
  }
}

TEST(FloorInteger, NeverRoundsUp) {
  for (int integer = -1000; integer <= 1000; ++integer) {
    const auto value = static_cast<float>(integer);
    EXPECT_EQ(FloorInteger(value), integer);
    EXPECT_EQ(FloorInteger(std::nextafter(value, 1e9f)), integer);
    EXPECT_EQ(FloorInteger(std::nextafter(value, -1e9f)), integer - 1);
  }
}

}  // namespace
}  // namespace zerod
