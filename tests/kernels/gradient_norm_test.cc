#include "kernels/gradient_norm.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/kernels/test_scale.h"
#include "tests/kernels/update_state.h"

namespace zerod {
namespace {

// Random pieces over `count` flat elements: of 32 to 1024 elements, some left out, of either dtype.
struct Shard {
  std::vector<std::vector<std::byte>> buffers;
  std::vector<ReducedPiece> pieces;
};

Shard RandomShard(std::uint64_t count, Values values, std::mt19937& random) {
  Shard shard;
  for (std::uint64_t begin = 0; begin < count;) {
    const std::uint64_t length = std::min<std::uint64_t>((1 + random() % 32) * 32, count - begin);
    if (random() % 4 != 0) {
      const DType dtype = random() % 2 == 0 ? DType::kBf16 : DType::kFp32;
      std::vector<std::byte> bytes(length * DTypeBytes(dtype));
      FillRandom(values, dtype, length, random, bytes.data());
      shard.buffers.push_back(std::move(bytes));
      shard.pieces.push_back({begin, length, dtype, shard.buffers.back().data()});
    }
    begin += length;
  }
  return shard;
}

void ExpectEqual(GradientNorm& a, GradientNorm& b, const char* what) {
  EXPECT_EQ(a.nonfinite_count, b.nonfinite_count) << what;
  EXPECT_EQ(a.overflowed_lines, b.overflowed_lines) << what;
  EXPECT_TRUE(std::equal(a.sum_of_squares.bins().begin(), a.sum_of_squares.bins().end(),
                         b.sum_of_squares.bins().begin()))
      << what;
}

TEST(GradientNorm, EveryTargetEqualsTheReference) {
  std::mt19937 random(1);
  for (Values values : {Values::kOrdinary, Values::kSubnormal, Values::kZeros, Values::kHuge,
                        Values::kNonfinite, Values::kMixed}) {
    for (int round = 0; round < (kSanitized ? 3 : 30); ++round) {
      const Shard shard = RandomShard(32 * (1 + random() % 400), values, random);
      GradientNorm expected;
      AccumulateNormReference(shard.pieces, &expected);
      ForEachTarget([&](const char* target) {
        GradientNorm norm;
        AccumulateNorm(shard.pieces, &norm);
        ExpectEqual(norm, expected, target);
      });
    }
  }
}

// Shards are cut on lines: the sum over shards is the sum over everything.
TEST(GradientNorm, DoesNotDependOnShards) {
  std::mt19937 random(2);
  std::vector<float> values(256 * 64);
  for (float& value : values) value = RandomValue(Values::kOrdinary, DType::kFp32, random);
  const auto piece = [&](std::uint64_t begin, std::uint64_t end) {
    return ReducedPiece{begin, end - begin, DType::kFp32,
                        reinterpret_cast<const std::byte*>(values.data() + begin)};
  };
  GradientNorm whole;
  const ReducedPiece all = piece(0, values.size());
  AccumulateNorm(std::span(&all, 1), &whole);
  for (std::uint64_t shards : {2u, 3u, 7u}) {
    ExactSum merged;
    for (std::uint64_t shard = 0; shard < shards; ++shard) {
      GradientNorm part;
      const ReducedPiece mine = piece(shard * 64 / shards * 256, (shard + 1) * 64 / shards * 256);
      AccumulateNorm(std::span(&mine, 1), &part);
      merged.Merge(part.sum_of_squares);
    }
    EXPECT_EQ(merged.Round(), whole.sum_of_squares.Round());
  }
  double expected = 0;
  for (float value : values) expected += static_cast<double>(value) * value;
  EXPECT_NEAR(whole.sum_of_squares.Round() / expected, 1.0, 1e-6);
}

TEST(GradientNorm, TellsOverflowFromNonfiniteValues) {
  std::vector<float> values(512, 1.0f);
  values[3] = 1e30f;  // its square overflows
  values[300] = std::numeric_limits<float>::infinity();
  values[301] = std::nanf("");
  values[302] = 1e30f;
  const ReducedPiece piece = {256, 512, DType::kFp32,
                              reinterpret_cast<const std::byte*>(values.data())};
  GradientNorm norm;
  AccumulateNorm(std::span(&piece, 1), &norm);
  EXPECT_EQ(norm.overflowed_lines, 1u);
  EXPECT_EQ(norm.nonfinite_count, 2u);
  EXPECT_EQ(norm.sum_of_squares.Round(), 0.0);
}

}  // namespace
}  // namespace zerod
