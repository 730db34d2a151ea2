#include "kernels/half.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "kernels/bf16.h"
#include "tests/kernels/test_scale.h"

namespace zerod {
namespace {

// The value of a finite half, from the format's definition.
double ValueOf(std::uint16_t half) {
  const int exponent = (half >> 10) & 31;
  const double magnitude = exponent == 0 ? std::ldexp(half & 0x3ff, -24)
                                         : std::ldexp(1024 + (half & 0x3ff), exponent - 25);
  return (half & 0x8000) != 0 ? -magnitude : magnitude;
}

TEST(Half, EveryFiniteValueRoundTrips) {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    if ((half & 0x7c00) == 0x7c00) continue;
    ASSERT_EQ(static_cast<double>(FloatOfHalf(half)), ValueOf(half));
    ASSERT_EQ(std::signbit(FloatOfHalf(half)), (half & 0x8000) != 0);
    ASSERT_EQ(HalfOfFloat(FloatOfHalf(half)), half);
  }
}

TEST(Half, RoundsToNearestEvenBetweenNeighbours) {
  for (std::uint16_t half = 0; half < 0x7bff; ++half) {
    const double middle = (ValueOf(half) + ValueOf(half + 1)) / 2;
    const auto tie = static_cast<float>(middle);
    ASSERT_EQ(static_cast<double>(tie), middle);
    ASSERT_EQ(HalfOfFloat(tie), half + (half & 1));
    ASSERT_EQ(HalfOfFloat(std::nextafter(tie, 0.0f)), half);
    ASSERT_EQ(HalfOfFloat(std::nextafter(tie, 1e9f)), half + 1);
    ASSERT_EQ(HalfOfFloat(-std::nextafter(tie, 1e9f)), 0x8000 | (half + 1));
  }
}

TEST(Half, EdgesOfTheRange) {
  EXPECT_EQ(HalfOfFloat(65504.0f), 0x7bff);
  EXPECT_EQ(HalfOfFloat(65519.996f), 0x7bff);
  EXPECT_EQ(HalfOfFloat(65520.0f), 0x7c00);
  EXPECT_EQ(HalfOfFloat(1e30f), 0x7c00);
  EXPECT_EQ(HalfOfFloat(-std::numeric_limits<float>::infinity()), 0xfc00);
  EXPECT_EQ(HalfOfFloat(std::nanf("")), 0x7e00);
  EXPECT_EQ(HalfOfFloat(1e-12f), 0);
  EXPECT_EQ(HalfOfFloat(0x1p-25f), 0);
  EXPECT_EQ(HalfOfFloat(std::nextafter(0x1p-25f, 1.0f)), 1);
  EXPECT_EQ(FloatOfHalf(0x7c00), std::numeric_limits<float>::infinity());
  EXPECT_EQ(BitsOf(FloatOfHalf(0x7e01)), kCanonicalNanBits);
}

TEST(Bf16, RoundsToNearestEven) {
  for (std::uint32_t high = 0; high < 0x7f80; ++high) {
    const std::uint32_t bits = high << 16;
    ASSERT_EQ(Bf16OfFloat(FloatOf(bits)), high);
    ASSERT_EQ(Bf16OfFloat(FloatOf(bits + 0x7fff)), high);
    ASSERT_EQ(Bf16OfFloat(FloatOf(bits + 0x8000)), high + (high & 1));
    ASSERT_EQ(Bf16OfFloat(FloatOf(bits + 0x8001)), high + 1);
  }
  EXPECT_EQ(Bf16OfFloat(FloatOf(0x7f800001)), 0x7fc0);
  EXPECT_EQ(Bf16OfFloat(FloatOf(0xffffffff)), 0x7fc0);
  EXPECT_EQ(Bf16OfFloat(-std::numeric_limits<float>::infinity()), 0xff80);
}

}  // namespace
}  // namespace zerod
