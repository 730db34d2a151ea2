#include "kernels/scale_code.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace zerod {
namespace {

TEST(ScaleCode, EveryCodeRoundTripsAndTheyAreMonotone) {
  for (std::uint32_t code = 0; code <= 65535; ++code) {
    const float scale = ScaleOfCode(static_cast<std::uint16_t>(code));
    ASSERT_GT(scale, 0.0f);
    ASSERT_EQ(ScaleCodeNearest(scale), code);
    ASSERT_EQ(ScaleCode(scale, 0), code);
    ASSERT_EQ(ScaleCode(scale, 8191), code);  // what is exact is not rounded up
    if (code < 65535) {
      ASSERT_LT(scale, ScaleOfCode(static_cast<std::uint16_t>(code + 1)));
    }
  }
  EXPECT_EQ(ScaleOfCode(0), 0x1p-40f);
  EXPECT_EQ(ScaleOfCode(65535), 0x1p24f - 0x1p13f);
}

TEST(ScaleCode, RoundsToNearestEven) {
  for (std::uint32_t code = 0; code < 65535; ++code) {
    const std::uint32_t bits = BitsOf(ScaleOfCode(static_cast<std::uint16_t>(code)));
    ASSERT_EQ(ScaleCodeNearest(FloatOf(bits + 4095)), code);
    ASSERT_EQ(ScaleCodeNearest(FloatOf(bits + 4096)), code + (code & 1));
    ASSERT_EQ(ScaleCodeNearest(FloatOf(bits + 4097)), code + 1);
    // Stochastic: up exactly when the addend reaches what is missing.
    ASSERT_EQ(ScaleCode(FloatOf(bits + 1000), 8191 - 1000), code);
    ASSERT_EQ(ScaleCode(FloatOf(bits + 1000), 8192 - 1000), code + 1);
  }
}

TEST(ScaleCode, SaturatesAndNeverWraps) {
  for (std::uint32_t addend : {0u, 4095u, 8191u}) {
    for (float a : {0.0f, std::numeric_limits<float>::denorm_min(),
                    std::numeric_limits<float>::min(), 0x1p-41f, 0x1p-60f}) {
      EXPECT_EQ(ScaleCode(a, addend), 0) << a;
    }
    for (float a : {0x1p24f, 0x1p25f, 1e30f, std::numeric_limits<float>::max()}) {
      EXPECT_EQ(ScaleCode(a, addend), 65535) << a;
    }
  }
  std::uint16_t previous = 0;
  for (std::uint32_t bits = 0; bits < kInfinityBits; bits += 997) {  // monotone everywhere
    const std::uint16_t code = ScaleCodeNearest(FloatOf(bits));
    ASSERT_GE(code, previous);
    previous = code;
  }
  EXPECT_EQ(previous, 65535);
}

}  // namespace
}  // namespace zerod
