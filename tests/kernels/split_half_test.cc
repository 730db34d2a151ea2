#include "kernels/split_half.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/master_access.h"
#include "tests/kernels/exhaustive.h"
#include "tests/kernels/test_scale.h"

namespace zerod {
namespace {

// Bits of correction beside the weight.
constexpr int MoreBits(MasterLayout layout) {
  return layout == MasterLayout::kFp16With8 ? 8 : layout == MasterLayout::kFp16With16 ? 16 : 0;
}

// The weight of one unit in the last place of an extended half, for magnitudes with binary32
// exponent field `exponent`: fp16's own exponents end at 2^-14.
constexpr double UnitOf(std::uint32_t exponent, int more_bits) {
  const int power = std::max(static_cast<int>(exponent) - 127, -14) - 10 - more_bits;
  return power >= 0 ? static_cast<double>(1 << power)
                    : 1.0 / static_cast<double>(std::uint64_t{1} << -power);
}

// The definition in binary64, on values instead of patterns: the extended value is the nearest
// multiple of its binade's unit, ties to even; the weight is the nearest fp16 to that, ties away
// from zero; the correction is the signed rest in units. Returns how many of both signs of `count`
// magnitudes from `begin` on, all of one binade, break it.
template <MasterLayout kLayout>
std::uint32_t CountViolations(std::uint32_t begin, std::uint32_t count, std::uint32_t stride) {
  constexpr int kMore = MoreBits(kLayout);
  constexpr auto kNearest = MasterRounding::kNearest;
  const double unit = UnitOf(begin >> 23, kMore);
  const double inverse_unit = 1.0 / unit;
  // Adding it leaves no bit below 1 in the last place.
  constexpr double kShift = 0x1.8p52;
  // Without a correction the weight is the only rounding, and its ties go to even.
  constexpr std::int32_t kHalfWeight = kMore == 0 ? 0 : 1 << std::max(kMore - 1, 0);
  std::uint32_t violations = 0;
  for (std::uint32_t n = 0; n < count; n += stride) {
    const std::uint32_t bits = begin + n;
    const auto value = static_cast<double>(FloatOf(bits));
    const auto units = static_cast<std::int32_t>(value * inverse_unit + kShift - kShift);
    const std::int32_t weight = (units + kHalfWeight) >> kMore;
    const std::int32_t correction = units - weight * (1 << kMore);

    const SplitBits split = SplitMaster(kLayout, kNearest, ~0u, bits);
    const auto split_correction =
        kMore == 16 ? static_cast<std::int32_t>(static_cast<std::int16_t>(split.correction))
                    : static_cast<std::int32_t>(static_cast<std::int8_t>(split.correction));
    const auto weight_value =
        static_cast<double>(FloatOfHalf(static_cast<std::uint16_t>(split.weight)));
    const std::uint32_t joined = JoinMaster(kLayout, split);
    const bool right = (weight_value == weight * (unit * (1 << kMore))) &
                       (split_correction == correction) &
                       (static_cast<double>(FloatOf(joined)) == units * unit);
    const SplitBits negative = SplitMaster(kLayout, kNearest, ~0u, bits | 0x80000000u);
    const bool mirrored = (negative.weight == (split.weight | 0x8000)) &
                          (negative.correction == split.correction) &
                          (JoinMaster(kLayout, negative) == (joined | 0x80000000u));
    violations += (right & mirrored) ? 0 : 1;
  }
  return violations;
}

// All magnitudes below the limit, with both signs; beyond it nothing is split.
template <MasterLayout kLayout>
void ExpectTheDefinition() {
  const std::uint32_t stride = kSanitized ? 1009 : 1;  // a prime: every bit pattern class is met
  const std::uint32_t limit = MasterLimit(kLayout, MasterRounding::kNearest);
  std::cout << "inputs: both signs of " << (kSanitized ? "every 1009th" : "every")
            << " magnitude below " << FloatOf(limit) << "\n";
  EXPECT_EQ(ViolationsAmong(limit,
                            [stride](std::uint64_t begin, std::uint64_t count) {
                              return CountViolations<kLayout>(static_cast<std::uint32_t>(begin),
                                                              static_cast<std::uint32_t>(count),
                                                              stride);
                            }),
            0u);
}

TEST(SplitHalf, AllInputsEqualTheDefinitionWithoutACorrection) {
  ExpectTheDefinition<MasterLayout::kFp16>();
}
TEST(SplitHalf, AllInputsEqualTheDefinitionWith8Bits) {
  ExpectTheDefinition<MasterLayout::kFp16With8>();
}
TEST(SplitHalf, AllInputsEqualTheDefinitionWith16Bits) {
  ExpectTheDefinition<MasterLayout::kFp16With16>();
}

// Magnitudes around every power of two that fp16 knows, and some within.
std::vector<std::uint32_t> NotableMagnitudes() {
  std::vector<std::uint32_t> magnitudes;
  for (std::uint32_t exponent = 80; exponent <= 142; ++exponent) {
    const std::uint32_t power = exponent << 23;
    for (std::uint32_t near = 0; near < 40; ++near) {
      magnitudes.push_back(power - 20 + near);
      magnitudes.push_back(power + near * 209'503);
    }
  }
  std::erase_if(magnitudes, [](std::uint32_t bits) { return bits >= kLimitHalf24Nearest; });
  std::sort(magnitudes.begin(), magnitudes.end());
  return magnitudes;
}

double Joined(MasterLayout layout, std::uint32_t bits) {
  const SplitBits split = SplitMaster(layout, MasterRounding::kNearest, 0, bits);
  return FloatOf(JoinMaster(layout, split));
}

// The bounds that people are told: half a unit of the extended half.
TEST(SplitHalf, ErrorBounds) {
  for (std::uint32_t bits : NotableMagnitudes()) {
    const double value = FloatOf(bits);
    const double fp16_unit = UnitOf(bits >> 23, 0);
    ASSERT_LE(std::fabs(Joined(MasterLayout::kFp16With8, bits) - value),
              value < 0x1p-14 ? 0x1p-33 : fp16_unit * 0x1p-9);
    const double error32 = std::fabs(Joined(MasterLayout::kFp16With16, bits) - value);
    ASSERT_LE(error32, value < 0x1p-17 ? 0x1p-41 : 0.0);
  }
}

TEST(SplitHalf, IsMonotone) {
  for (MasterLayout layout :
       {MasterLayout::kFp16, MasterLayout::kFp16With8, MasterLayout::kFp16With16}) {
    double previous = 0.0;
    for (std::uint32_t bits : NotableMagnitudes()) {
      ASSERT_GE(Joined(layout, bits), previous) << bits;
      previous = Joined(layout, bits);
    }
  }
}

TEST(SplitHalf, EveryCorrectionCodeIsUsed) {
  std::vector<bool> used8(256), used16(65536);
  for (std::uint32_t bits = BitsOf(1.0f); bits < BitsOf(1.0f) + (1 << 14); ++bits) {
    const auto split8 = SplitMaster(MasterLayout::kFp16With8, MasterRounding::kNearest, 0, bits);
    used8.at(split8.correction) = true;
  }
  // Above 2^-14 binary32 has no use for the last three bits.
  for (std::uint32_t units = 1 << 20; units < (1 << 20) + (2 << 16); ++units) {
    const auto bits = BitsOf(static_cast<float>(units) * 0x1p-40f);
    const auto split16 = SplitMaster(MasterLayout::kFp16With16, MasterRounding::kNearest, 0, bits);
    used16.at(split16.correction) = true;
  }
  EXPECT_EQ(std::count(used8.begin(), used8.end(), true), 256);
  EXPECT_EQ(std::count(used16.begin(), used16.end(), true), 65536);
}

// An extended half is split and joined as it is, so training that moves nothing moves nothing.
TEST(SplitHalf, EverySplitIsAFixedPoint) {
  for (std::uint32_t weight = 0; weight < 0x7c00; weight += kSanitized ? 37 : 1) {
    for (int correction = -128; correction <= 127; correction += kSanitized ? 15 : 1) {
      if (weight == 0 && correction < 0) continue;  // the sign is the weight's
      const SplitBits split = {weight, static_cast<std::uint8_t>(correction)};
      const std::uint32_t bits = JoinMaster(MasterLayout::kFp16With8, split);
      for (MasterRounding rounding : {MasterRounding::kNearest, MasterRounding::kStochastic}) {
        for (std::uint32_t hash : {0u, ~0u}) {
          ASSERT_TRUE(SplitMaster(MasterLayout::kFp16With8, rounding, hash, bits) == split)
              << weight << ", " << correction;
        }
      }
    }
  }
}

}  // namespace
}  // namespace zerod
