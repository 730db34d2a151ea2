#include "kernels/scale_code.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/kernels/test_scale.h"

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

// The bits that are rounded away, and the addend: up exactly where they reach a whole code
// together. All 2^26 pairs, in two binades.
TEST(ScaleCode, EveryAddendRoundsEveryRestByTheirSum) {
  constexpr std::uint32_t kStride = kSanitized ? 13 : 1;
  for (std::uint32_t code : {20u << 10 | 777, 62u << 10 | 1023}) {
    const std::uint32_t bits = BitsOf(ScaleOfCode(static_cast<std::uint16_t>(code)));
    for (std::uint32_t rest = 0; rest < 8192; rest += kStride) {
      const float a = FloatOf(bits + rest);
      for (std::uint32_t addend = 0; addend < 8192; ++addend) {
        ASSERT_EQ(ScaleCode(a, addend), code + (rest + addend >= 8192 ? 1 : 0));
      }
    }
  }
}

// Over all addends the mean is the exact value.
TEST(ScaleCode, HashedRoundingIsUnbiased) {
  for (std::uint32_t rest : {0u, 1u, 1000u, 4096u, 8191u}) {
    const float a = FloatOf(BitsOf(ScaleOfCode(30000)) + rest);
    std::uint64_t sum = 0;
    for (std::uint32_t addend = 0; addend < 8192; ++addend) sum += ScaleCode(a, addend);
    EXPECT_EQ(sum, 30000u * 8192 + rest);
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
  EXPECT_EQ(ScaleCodeNearest(0.0f), 0);
  EXPECT_EQ(ScaleCodeNearest(std::numeric_limits<float>::max()), 65535);
}

TEST(ScaleCode, IsMonotoneUnderEveryAddend) {
  for (std::uint32_t addend :
       {0u, 1u, 4095u, 4096u, 8191u, 8192u}) {  // the last stands for nearest
    std::uint16_t previous = 0;
    for (std::uint32_t bits = 0; bits < kInfinityBits; bits += kSanitized ? 9973 : 997) {
      const float a = FloatOf(bits);
      const std::uint16_t code = addend == 8192 ? ScaleCodeNearest(a) : ScaleCode(a, addend);
      ASSERT_GE(code, previous) << a;
      previous = code;
    }
    EXPECT_EQ(previous, 65535);
  }
}

}  // namespace
}  // namespace zerod
