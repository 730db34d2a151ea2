#include "kernels/split_master.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/kernels/exhaustive.h"
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
  EXPECT_EQ(ViolationsAmong(kInputs / stride,
                            [stride](std::uint64_t begin, std::uint64_t count) {
                              return CountViolations(begin * stride, count, stride);
                            }),
            0u);
}

TEST(Split, AllCorrectionCodesAreUsed) {
  std::vector<bool> used(256);
  for (std::uint32_t m24 = 0x3f8000; m24 < 0x3f8200; ++m24) {
    used[static_cast<std::uint8_t>(SplitMaster24(m24 << 8, kNearest24).correction)] = true;
  }
  EXPECT_EQ(std::count(used.begin(), used.end(), true), 256);
}

}  // namespace
}  // namespace zerod
