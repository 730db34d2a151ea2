#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "kernels/master_access.h"
#include "kernels/split.h"

namespace zerod {
namespace {

struct Case {
  DType dtype;
  MasterFormat master;
};
const Case kCases[] = {{DType::kBf16, MasterFormat::kNone}, {DType::kBf16, MasterFormat::k24},
                       {DType::kBf16, MasterFormat::k32},   {DType::kFp16, MasterFormat::kNone},
                       {DType::kFp16, MasterFormat::k24},   {DType::kFp16, MasterFormat::k32},
                       {DType::kFp32, MasterFormat::kNone}, {DType::kFp32, MasterFormat::k24}};

struct Stored {
  std::vector<std::byte> weights, correction;
  std::uint64_t nonfinite_count;
  std::vector<float> joined;
};
Stored SplitAndJoin(ConstTensorView values, const Case& c) {
  const std::size_t n = values.element_count();
  Stored stored = {std::vector<std::byte>(n * DTypeBytes(c.dtype)), std::vector<std::byte>(n * 2),
                   0, std::vector<float>(n)};
  stored.nonfinite_count =
      SplitWeights({values, c.dtype, c.master, stored.weights.data(), stored.correction.data()});
  JoinWeights({c.dtype, c.master, stored.weights.data(), stored.correction.data(), stored.joined});
  return stored;
}

TEST(SplitWeights, NonfiniteValuesBecomeNanAndAreCounted) {
  const float inf = std::numeric_limits<float>::infinity();
  const std::vector<float> values = {
      1.0f, inf, -inf, std::nanf("1"), FloatOf(0xffffffff), FloatOf(0x7f800001), -2.5f};
  for (const Case& c : kCases) {
    const Stored stored = SplitAndJoin(ConstTensorView::Of(values), c);
    EXPECT_EQ(stored.nonfinite_count, 5u);
    EXPECT_EQ(stored.joined.front(), 1.0f);
    EXPECT_EQ(stored.joined.back(), -2.5f);
    for (std::size_t i = 1; i < 6; ++i) EXPECT_EQ(BitsOf(stored.joined[i]), kCanonicalNanBits);
  }
}

struct RangeCase {
  Case stored;
  std::uint32_t limit;  // the smallest magnitude that would round to infinity
};

TEST(SplitWeights, ValuesThatWouldRoundToInfinityCount) {
  const RangeCase cases[] = {{{DType::kBf16, MasterFormat::kNone}, 0x7f7f8000},
                             {{DType::kBf16, MasterFormat::k24}, 0x7f7f7f80},
                             {{DType::kBf16, MasterFormat::k32}, 0x7f7f8000},
                             {{DType::kFp16, MasterFormat::kNone}, BitsOf(65520.0f)},
                             {{DType::kFp16, MasterFormat::k24}, BitsOf(65519.9375f)},
                             {{DType::kFp16, MasterFormat::k32}, BitsOf(65520.0f)},
                             {{DType::kFp32, MasterFormat::kNone}, kInfinityBits}};
  for (const RangeCase& c : cases) {
    const float below = FloatOf(c.limit - 1);
    const float limit = FloatOf(c.limit);
    const std::vector<float> values = {below, limit, -limit, -below, 3.0f};
    const Stored stored = SplitAndJoin(ConstTensorView::Of(values), c.stored);
    EXPECT_EQ(stored.nonfinite_count, 2u) << DTypeName(c.stored.dtype);
    EXPECT_TRUE(std::isnan(stored.joined[1]));
    EXPECT_TRUE(std::isnan(stored.joined[2]));
    EXPECT_NEAR(stored.joined[0] / below, 1.0, 0x1p-8);
    EXPECT_EQ(stored.joined[3], -stored.joined[0]);
  }
}

// Every finite value of a 16-bit dtype.
std::vector<std::uint16_t> FiniteValues(DType dtype) {
  const std::uint32_t infinity = dtype == DType::kFp16 ? 0x7c00 : 0x7f80;
  std::vector<std::uint16_t> values;
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    if ((bits & 0x7fff) < infinity) values.push_back(static_cast<std::uint16_t>(bits));
  }
  return values;
}

void ExpectKeptWithoutCorrection(DType dtype, const Case& c) {
  const std::vector<std::uint16_t> values = FiniteValues(dtype);
  const Stored stored = SplitAndJoin({dtype, std::as_bytes(std::span(values))}, c);
  EXPECT_EQ(stored.nonfinite_count, 0u);
  for (std::byte byte : stored.correction) ASSERT_EQ(byte, std::byte{0});
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float value = LoadElement(dtype, reinterpret_cast<const std::byte*>(values.data()), i);
    ASSERT_EQ(BitsOf(stored.joined[i]), BitsOf(value)) << values[i];
  }
}

TEST(SplitWeights, ValuesOfTheWeightsOwnDTypeNeedNoCorrection) {
  for (const Case& c : kCases) {
    if (c.dtype != DType::kFp16) ExpectKeptWithoutCorrection(DType::kBf16, c);
    if (c.dtype != DType::kBf16) ExpectKeptWithoutCorrection(DType::kFp16, c);
  }
}

}  // namespace
}  // namespace zerod
