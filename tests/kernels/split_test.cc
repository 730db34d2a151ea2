#include "kernels/split.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <thread>
#include <vector>

#include "kernels/split_master.h"
#include "kernels/task_access.h"
#include "tests/kernels/test_scale.h"

namespace zerod {
namespace {

// The definition in arithmetic on magnitudes, apart from the implementation's: the sign and the
// magnitude's upper 24 bits, rounded half away from zero; the weight is that rounded again; the
// correction is the signed rest.
struct Definition24 {
  std::uint32_t weight;
  std::int32_t correction;
};
Definition24 Define24(std::uint32_t bits) {
  const std::uint32_t sign = bits >> 31;
  const std::uint32_t magnitude = bits & 0x7fffffff;
  const std::uint32_t upper = magnitude / 256 + (magnitude % 256 >= 128 ? 1 : 0);
  const std::uint32_t weight = upper / 256 + (upper % 256 >= 128 ? 1 : 0);
  return {sign << 15 | weight,
          static_cast<std::int32_t>(upper) - static_cast<std::int32_t>(weight * 256)};
}

// How many of the `count` inputs from `begin` on, `stride` apart, break a property of the split.
// Written without branches so that the compiler can take several at a time.
std::uint32_t CountViolations(std::uint64_t begin, std::uint64_t count, std::uint32_t stride) {
  std::uint32_t violations = 0;
  for (std::uint32_t n = 0; n < count; ++n) {
    const auto bits = static_cast<std::uint32_t>(begin + std::uint64_t{n} * stride);
    const bool in_range = (bits & 0x7fffffff) < kLimit24Nearest;
    const Split24 split = SplitMaster24(bits, kNearest24);
    const Definition24 definition = Define24(bits);
    const std::uint32_t back = JoinMaster24(split);
    // The bound: 2^-9 of a bf16 unit in the last place, which is 2^16 of these: 2^7.
    const auto error = static_cast<std::int32_t>(back - bits);
    const bool right = (split.weight == definition.weight) &
                       (split.correction == definition.correction) & (error <= 128) &
                       (error >= -128) & ((split.weight & 0x7fff) < 0x7f80);
    const Split32 split32 = SplitMaster32(bits);
    const bool right32 = ((bits & 0x7fffffff) >= kLimit32) |
                         ((JoinMaster32(split32) == bits) & ((split32.weight & 0x7fff) < 0x7f80));
    violations += (in_range & !right) | !right32;
  }
  return violations;
}

TEST(Split, AllInputsEqualTheDefinition) {
  constexpr std::uint64_t kInputs = std::uint64_t{1} << 32;
  const std::uint32_t stride = kSanitized ? 1009 : 1;  // a prime: every bit pattern class is met
  std::cout << "inputs: " << (kSanitized ? "every 1009th of 2^32 (sanitized build)" : "all 2^32")
            << "\n";
  const std::uint64_t count = kInputs / stride;
  constexpr std::size_t kThreads = 2;
  std::vector<std::uint64_t> violations(kThreads);
  std::vector<std::thread> threads;
  for (std::size_t thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      constexpr std::uint64_t kBlock = 1 << 20;
      for (std::uint64_t first = thread * kBlock; first < count; first += kThreads * kBlock) {
        violations[thread] +=
            CountViolations(first * stride, std::min(kBlock, count - first), stride);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::uint64_t n : violations) EXPECT_EQ(n, 0u);
}

TEST(Split, AllCorrectionCodesAreUsed) {
  std::vector<bool> used(256);
  for (std::uint32_t m24 = 0x3f8000; m24 < 0x3f8200; ++m24) {
    used[static_cast<std::uint8_t>(SplitMaster24(m24 << 8, kNearest24).correction)] = true;
  }
  EXPECT_EQ(std::count(used.begin(), used.end(), true), 256);
}

TEST(Split, StochasticRoundingNeverReachesInfinityBelowItsLimit) {
  for (std::uint32_t addend = 0; addend < 256; ++addend) {
    for (std::uint32_t bits : {kLimit24Stochastic - 1, kLimit24Stochastic - 255, 0x3f800001u, 0u}) {
      const Split24 split = SplitMaster24(bits, addend);
      EXPECT_LT(split.weight, 0x7f80);
      EXPECT_LE(JoinMaster24(split) - (bits & ~0xffu), 256u);
      EXPECT_EQ(SplitMaster24(0, addend).weight, 0);
      EXPECT_EQ(SplitMaster24(0, addend).correction, 0);
    }
  }
  EXPECT_GE(SplitMaster24(kLimit24Stochastic, 255).weight, 0x7f80);  // so the limit is tight
  EXPECT_LT(RoundToBf16Stochastic(kLimitBf16Stochastic - 1, 0xffff), 0x7f80);
  EXPECT_GE(RoundToBf16Stochastic(kLimitBf16Stochastic, 0xffff), 0x7f80);
  EXPECT_EQ(RoundToBf16Stochastic(kCanonicalNanBits, 0xffff), 0x7fc0);
}

struct Case {
  DType dtype;
  MasterFormat master;
};
const Case kCases[] = {{DType::kBf16, MasterFormat::kNone},
                       {DType::kBf16, MasterFormat::k24},
                       {DType::kBf16, MasterFormat::k32},
                       {DType::kFp32, MasterFormat::kNone},
                       {DType::kFp32, MasterFormat::k24}};

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

TEST(SplitWeights, ValuesThatWouldRoundToInfinityCount) {
  const std::vector<float> values = {FloatOf(0x7f7f7f7f), FloatOf(0x7f7f7f80), -FloatOf(0x7f7f7f80),
                                     std::numeric_limits<float>::max()};
  const auto view = ConstTensorView::Of(values);
  EXPECT_EQ(SplitAndJoin(view, {DType::kBf16, MasterFormat::k24}).nonfinite_count, 3u);
  EXPECT_EQ(SplitAndJoin(view, {DType::kBf16, MasterFormat::k32}).nonfinite_count, 1u);
  EXPECT_EQ(SplitAndJoin(view, {DType::kBf16, MasterFormat::kNone}).nonfinite_count, 1u);
  EXPECT_EQ(SplitAndJoin(view, {DType::kFp32, MasterFormat::kNone}).nonfinite_count, 0u);
}

TEST(SplitWeights, Bf16ValuesNeedNoCorrection) {
  std::vector<std::uint16_t> values;
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    if ((bits & 0x7fff) < 0x7f80) values.push_back(static_cast<std::uint16_t>(bits));
  }
  for (const Case& c : kCases) {
    const Stored stored = SplitAndJoin(ConstTensorView::OfBf16(values), c);
    EXPECT_EQ(stored.nonfinite_count, 0u);
    for (std::byte byte : stored.correction) ASSERT_EQ(byte, std::byte{0});
    for (std::size_t i = 0; i < values.size(); ++i) {
      ASSERT_EQ(BitsOf(stored.joined[i]), std::uint32_t{values[i]} << 16);
    }
  }
}

}  // namespace
}  // namespace zerod
