#include <gtest/gtest.h>

#include "kernels/master_access.h"

namespace zerod {
namespace {

struct Limited {
  MasterLayout layout;
  MasterRounding rounding;
};

std::vector<Limited> AllLimits() {
  std::vector<Limited> limits;
  for (MasterLayout layout :
       {MasterLayout::kBf16, MasterLayout::kBf16With8, MasterLayout::kBf16With16,
        MasterLayout::kFp16, MasterLayout::kFp16With8, MasterLayout::kFp16With16}) {
    for (MasterRounding rounding : {MasterRounding::kNearest, MasterRounding::kStochastic}) {
      limits.push_back({layout, rounding});
    }
  }
  return limits;
}

// How many of all roundings of a magnitude give an infinite weight.
int InfiniteWeights(const Limited& limited, std::uint32_t bits) {
  const bool is_half = limited.layout == MasterLayout::kFp16 ||
                       limited.layout == MasterLayout::kFp16With8 ||
                       limited.layout == MasterLayout::kFp16With16;
  const std::uint32_t infinity = is_half ? 0x7c00 : 0x7f80;
  int count = 0;
  for (std::uint32_t top = 0; top < 0x10000; ++top) {
    for (std::uint32_t sign : {0u, 0x80000000u}) {
      const SplitBits split =
          SplitMaster(limited.layout, limited.rounding, top << 16 | 0xffff, sign | bits);
      if ((split.weight & 0x7fff) >= infinity) ++count;
    }
  }
  return count;
}

TEST(SplitLimits, AreTheSmallestMagnitudesThatMayRoundToInfinity) {
  for (const Limited& limited : AllLimits()) {
    const std::uint32_t limit = MasterLimit(limited.layout, limited.rounding);
    const int layout = static_cast<int>(limited.layout);
    for (std::uint32_t below : {1u, 2u, 15u, 16u, 31u, 255u, 4096u}) {
      EXPECT_EQ(InfiniteWeights(limited, limit - below), 0) << layout << ", " << below << " below";
    }
    EXPECT_GT(InfiniteWeights(limited, limit), 0) << layout;
  }
}

TEST(SplitLimits, Fp32HoldsEverythingFinite) {
  for (MasterRounding rounding : {MasterRounding::kNearest, MasterRounding::kStochastic}) {
    EXPECT_EQ(MasterLimit(MasterLayout::kFp32, rounding), kInfinityBits);
  }
}

TEST(SplitLimits, NansOfWeightsAreJoinedAsNans) {
  for (const Limited& limited : AllLimits()) {
    const SplitBits split = SplitMaster(limited.layout, limited.rounding, ~0u, kCanonicalNanBits);
    EXPECT_EQ(JoinMaster(limited.layout, split), kCanonicalNanBits);
    EXPECT_EQ(split.correction, 0u);
  }
}

}  // namespace
}  // namespace zerod
