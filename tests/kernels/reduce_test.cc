#include "kernels/reduce.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "kernels/half.h"
#include "tests/kernels/test_scale.h"
#include "tests/kernels/update_state.h"

namespace zerod {
namespace {

struct Contributions {
  std::vector<std::vector<std::byte>> buffers;
  std::vector<const std::byte*> pointers;
};

Contributions RandomContributions(std::size_t contributors, std::size_t valid_count, DType dtype,
                                  Values values, std::mt19937& random) {
  Contributions contributions;
  for (std::size_t c = 0; c < contributors; ++c) {
    std::vector<std::byte> bytes(valid_count * DTypeBytes(dtype));
    FillRandom(values, dtype, valid_count, random, bytes.data());
    contributions.buffers.push_back(std::move(bytes));
    contributions.pointers.push_back(contributions.buffers.back().data());
  }
  return contributions;
}

TEST(Reduce, EveryTargetEqualsTheReference) {
  std::mt19937 random(1);
  const std::size_t stride = kSanitized ? 41 : 1;
  for (std::size_t valid = 1; valid <= 512; valid += stride) {
    for (DType dtype : {DType::kBf16, DType::kFp16, DType::kFp32}) {
      const std::size_t count = (valid + 31) / 32 * 32 + 32 * (random() % 2);
      const Contributions contributions =
          RandomContributions(1 + random() % 4, valid, dtype,
                              random() % 2 == 0 ? Values::kOrdinary : Values::kMixed, random);
      for (int mode = 0; mode < 5;
           ++mode) {  // one micro-batch in bf16, in fp32; first, middle, last
        std::vector<std::byte> start(count * 4);
        FillRandom(Values::kMixed, DType::kFp32, count, random, start.data());
        const auto run = [&](auto reduce) {
          std::vector<std::byte> reduced = start;
          reduce(ReduceTask{.contributions = contributions.pointers,
                            .dtype = dtype,
                            .count = count,
                            .valid_count = valid,
                            .reduced = reduced.data(),
                            .reduced_dtype = mode == 0 ? DType::kBf16 : DType::kFp32,
                            .first = mode <= 2,
                            .last = mode <= 1 || mode == 4,
                            .scale = 1.0f / 3});
          return reduced;
        };
        const auto expected = run(ReduceContributionsReference);
        ForEachTarget([&](const char* target) {
          ASSERT_EQ(run(ReduceContributions), expected)
              << target << ", " << DTypeName(dtype) << ", " << valid << ", " << mode;
        });
      }
    }
  }
}

TEST(Reduce, AddsInContributorOrderAndScalesOnce) {
  // (2^24 + 1) + 1 is 2^24 in binary32; 1 + 1 first would give 2^24 + 2.
  const std::vector<float> a(32, 0x1p24f), b(32, 1.0f), c(32, 1.0f);
  const std::vector<const std::byte*> pointers = {reinterpret_cast<const std::byte*>(a.data()),
                                                  reinterpret_cast<const std::byte*>(b.data()),
                                                  reinterpret_cast<const std::byte*>(c.data())};
  std::vector<float> reduced(32);
  ReduceContributions({.contributions = pointers,
                       .dtype = DType::kFp32,
                       .count = 32,
                       .valid_count = 31,
                       .reduced = reinterpret_cast<std::byte*>(reduced.data()),
                       .reduced_dtype = DType::kFp32,
                       .scale = 0.5f});
  EXPECT_EQ(reduced[0], 0x1p23f);
  EXPECT_EQ(reduced[31], 0.0f);  // padding
}

// Every finite fp16 pattern is widened exactly, subnormals included, and summed in binary32: two of
// the greatest don't overflow.
TEST(Reduce, Fp16ContributionsAreWidenedBeforeTheyAreAdded) {
  std::vector<std::uint16_t> halves(0x10000);
  for (std::size_t i = 0; i < halves.size(); ++i) halves[i] = static_cast<std::uint16_t>(i);
  const auto* bytes = reinterpret_cast<const std::byte*>(halves.data());
  const std::vector<const std::byte*> pointers = {bytes, bytes};
  ForEachTarget([&](const char* target) {
    std::vector<float> reduced(halves.size());
    ReduceContributions({.contributions = pointers,
                         .dtype = DType::kFp16,
                         .count = halves.size(),
                         .valid_count = halves.size(),
                         .reduced = reinterpret_cast<std::byte*>(reduced.data()),
                         .reduced_dtype = DType::kFp32});
    for (std::size_t i = 0; i < halves.size(); ++i) {
      const float once = FloatOfHalf(halves[i]);
      ASSERT_EQ(BitsOf(reduced[i]), BitsOf(CanonicalizeNan(once + once))) << target << ", " << i;
    }
  });
}

TEST(Reduce, AccumulatorsHoldRawSums) {
  const std::vector<float> values(32, 3.0f);
  const auto* bytes = reinterpret_cast<const std::byte*>(values.data());
  std::vector<float> reduced(32, 77.0f);
  ReduceTask task = {.contributions = std::span(&bytes, 1),
                     .dtype = DType::kFp32,
                     .count = 32,
                     .valid_count = 32,
                     .reduced = reinterpret_cast<std::byte*>(reduced.data()),
                     .reduced_dtype = DType::kFp32,
                     .first = true,
                     .last = false,
                     .scale = 0.25f};
  ReduceContributions(task);
  EXPECT_EQ(reduced[5], 3.0f);
  task.first = false;
  ReduceContributions(task);
  EXPECT_EQ(reduced[5], 6.0f);
  task.last = true;
  ReduceContributions(task);
  EXPECT_EQ(reduced[5], 2.25f);
}

}  // namespace
}  // namespace zerod
