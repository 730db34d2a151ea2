#include "kernels/parallel.h"

#include <gtest/gtest.h>

#include "tests/kernels/update_state.h"

namespace zerod {
namespace {

constexpr std::size_t kLarge = (1 << 17) + 32 * 7 + 5;  // three pieces of work, and a tail

TEST(Parallel, UpdatesAreTheSameByAnyNumberOfThreads) {
  std::mt19937 random(1);
  for (UpdateConfig config :
       {UpdateConfig{}, UpdateConfig{.optimizer = Optimizer::kLion, .dtype = DType::kFp16}}) {
    UpdateState start(config, kLarge);
    start.FillWeights(Values::kMixed, random);
    start.FillGradient(Values::kMixed, random);
    const UpdateScalars scalars = config.Scalars(2);
    UpdateState expected = start;
    const UpdateTask task = expected.Task(scalars);
    UpdateWeights(config.Context(2), std::span(&task, 1));
    for (int threads : {1, 2, 5}) {
      WorkerTeam team(threads);
      UpdateState state = start;
      const UpdateTask shared = state.Task(scalars);
      UpdateWeights(config.Context(2), std::span(&shared, 1), team);
      std::string difference;
      EXPECT_TRUE(state.Equals(expected, &difference)) << threads << " threads: " << difference;
    }
  }
}

TEST(Parallel, ReductionsAreTheSameByAnyNumberOfThreads) {
  std::mt19937 random(2);
  const std::size_t count = (kLarge + 31) / 32 * 32;
  std::vector<std::vector<std::byte>> bytes(3, std::vector<std::byte>(kLarge * 2));
  std::vector<const std::byte*> pointers;
  for (std::vector<std::byte>& values : bytes) {
    FillRandom(Values::kOrdinary, DType::kBf16, kLarge, random, values.data());
    pointers.push_back(values.data());
  }
  std::vector<std::byte> expected(count * 2);
  ReduceTask task = {.contributions = pointers,
                     .count = count,
                     .valid_count = kLarge,
                     .reduced = expected.data(),
                     .scale = 0.3f};
  ReduceContributions(task);
  for (int threads : {1, 2, 5}) {
    WorkerTeam team(threads);
    std::vector<std::byte> reduced(count * 2, std::byte{0x5a});
    task.reduced = reduced.data();
    ReduceContributions(task, team);
    EXPECT_EQ(reduced, expected) << threads << " threads";
  }
}

// Stretches that begin and end within lines, with gaps, and with values that can't be summed.
TEST(Parallel, NormsAreTheSameByAnyNumberOfThreads) {
  std::mt19937 random(3);
  std::vector<std::byte> values(4 * kLarge);
  FillRandom(Values::kMixed, DType::kFp32, kLarge, random, values.data());
  std::vector<ReducedPiece> pieces;
  std::uint64_t flat = 32 * 3;
  for (std::uint64_t begin = 0, count = 32; begin + count <= kLarge; count = count * 3 % 40960) {
    pieces.push_back({flat, count, DType::kFp32, values.data() + 4 * begin});
    begin += count;
    flat += count + (begin % 3 == 0 ? 32 : 0);
  }
  GradientNorm expected;
  AccumulateNorm(pieces, &expected);
  EXPECT_GT(expected.nonfinite_count, 0u);
  for (int threads : {1, 2, 5}) {
    WorkerTeam team(threads);
    GradientNorm norm;
    AccumulateNorm(pieces, &norm, team);
    EXPECT_EQ(norm.sum_of_squares.Round(), expected.sum_of_squares.Round());
    EXPECT_EQ(norm.nonfinite_count, expected.nonfinite_count);
    EXPECT_EQ(norm.overflowed_lines, expected.overflowed_lines);
  }
}

}  // namespace
}  // namespace zerod
