#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "kernels/master_access.h"
#include "tests/kernels/test_scale.h"

namespace zerod {
namespace {

constexpr auto kStochastic = MasterRounding::kStochastic;
constexpr MasterLayout kRoundedLayouts[] = {MasterLayout::kBf16, MasterLayout::kBf16With8,
                                            MasterLayout::kFp16, MasterLayout::kFp16With8};

bool IsHalf(MasterLayout layout) {
  return layout == MasterLayout::kFp16 || layout == MasterLayout::kFp16With8;
}

// Stored bits of the mantissa, correction included.
int MantissaBits(MasterLayout layout) {
  switch (layout) {
    case MasterLayout::kBf16:
      return 7;
    case MasterLayout::kBf16With8:
      return 15;
    case MasterLayout::kFp16:
      return 10;
    case MasterLayout::kFp16With8:
      return 18;
    default:
      return 23;
  }
}

// One unit in the last place of what is stored, around a magnitude.
double UnitOf(MasterLayout layout, std::uint32_t bits) {
  const int smallest = IsHalf(layout) ? -14 : -126;
  return std::ldexp(1.0,
                    std::max(static_cast<int>(bits >> 23) - 127, smallest) - MantissaBits(layout));
}

// Around every exponent of the layout's range: values that need no rounding, their neighbours, and
// some in between.
std::vector<std::uint32_t> InputsFor(MasterLayout layout) {
  std::vector<std::uint32_t> inputs;
  const std::uint32_t first = IsHalf(layout) ? 127 - 43 : 0;
  const std::uint32_t last = IsHalf(layout) ? 142 : 254;
  const std::uint32_t exponent_step = (IsHalf(layout) ? 1 : 8) * (kSanitized ? 7 : 1);
  for (std::uint32_t exponent = first; exponent <= last; exponent += exponent_step) {
    for (std::uint32_t offset :
         {0u, 1u, 2u, 31u, 4095u, 0x1fffu, 0x2001u, 0x123456u, 0x3fffffu, 0x555555u, 0x7fffffu}) {
      const std::uint32_t bits = (exponent << 23) + offset;
      if (bits < MasterLimit(layout, kStochastic)) inputs.push_back(bits);
    }
  }
  return inputs;
}

double Rounded(MasterLayout layout, std::uint32_t hash, std::uint32_t bits) {
  return FloatOf(JoinMaster(layout, SplitMaster(layout, kStochastic, hash, bits)));
}

TEST(SplitStochastic, GivesANeighbourAndIsUnbiased) {
  for (MasterLayout layout : kRoundedLayouts) {
    for (std::uint32_t bits : InputsFor(layout)) {
      const double value = FloatOf(bits);
      const double unit = UnitOf(layout, bits);
      const double below = std::floor(value / unit) * unit;
      // Hashes are looked at from the top: 16 bits are all that any layout takes.
      double sum = 0.0;
      for (std::uint32_t top = 0; top < 0x10000; ++top) {
        const double rounded = Rounded(layout, top << 16 | 0x1234, bits);
        ASSERT_TRUE(rounded == below || (rounded == below + unit && value != below))
            << static_cast<int>(layout) << ", " << bits << ", " << top;
        sum += (rounded - below) / unit;
      }
      ASSERT_NEAR(sum / 0x10000, (value - below) / unit, 0x1p-10)
          << static_cast<int>(layout) << ", " << bits;
    }
  }
}

// Layouts that are rounded to nearest whatever the group's setting.
TEST(SplitStochastic, SixteenBitsAndFp32AreRoundedToNearest) {
  for (MasterLayout layout :
       {MasterLayout::kBf16With16, MasterLayout::kFp16With16, MasterLayout::kFp32}) {
    for (std::uint32_t bits : InputsFor(MasterLayout::kFp16With8)) {
      for (std::uint32_t hash : {0u, ~0u}) {
        ASSERT_TRUE(SplitMaster(layout, kStochastic, hash, bits) ==
                    SplitMaster(layout, MasterRounding::kNearest, 0, bits));
      }
    }
  }
}

TEST(SplitStochastic, ZeroAndNanStayWhatTheyAre) {
  for (MasterLayout layout : kRoundedLayouts) {
    for (std::uint32_t hash = 0; hash < 0x10000; hash += 0xff) {
      for (std::uint32_t bits : {0u, 0x80000000u, kCanonicalNanBits}) {
        const SplitBits split = SplitMaster(layout, kStochastic, hash << 16, bits);
        ASSERT_EQ(JoinMaster(layout, split), bits);
        ASSERT_EQ(split.correction, 0u);
      }
    }
  }
}

}  // namespace
}  // namespace zerod
