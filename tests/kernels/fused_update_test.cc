#include "kernels/fused_update.h"

#include <gtest/gtest.h>

#include "kernels/reduce.h"
#include "tests/kernels/update_state.h"

namespace zerod {
namespace {

struct Contributions {
  Contributions(DType dtype, std::size_t contributor_count, std::size_t valid_count,
                std::mt19937& random)
      : dtype(dtype), valid_count(valid_count) {
    for (std::size_t n = 0; n < contributor_count; ++n) {
      bytes.emplace_back(valid_count * DTypeBytes(dtype));
      FillRandom(Values::kOrdinary, dtype, valid_count, random, bytes.back().data());
    }
    for (const std::vector<std::byte>& values : bytes) pointers.push_back(values.data());
  }

  GradientSource Source(float scale) const {
    return {.contributions = pointers.data(),
            .count = static_cast<std::uint32_t>(pointers.size()),
            .dtype = dtype,
            .scale = scale,
            .valid_count = valid_count};
  }

  DType dtype;
  std::size_t valid_count;
  std::vector<std::vector<std::byte>> bytes;
  std::vector<const std::byte*> pointers;
};

// Reduced, updated and copied by one call, and by one after the other.
void ExpectFusedEqualsSeparate(const UpdateState& start, const Contributions& contributions) {
  const UpdateScalars scalars = start.config.Scalars(3);
  const UpdateContext context = start.config.Context(3);
  const GradientSource source = contributions.Source(0.37f);
  UpdateState separate = start;
  ReduceContributions({.contributions = contributions.pointers,
                       .dtype = contributions.dtype,
                       .count = start.count,
                       .valid_count = start.valid_count,
                       .reduced = separate.gradient.data(),
                       .reduced_dtype = start.config.gradient_dtype,
                       .scale = source.scale});
  const UpdateTask task = separate.Task(scalars);
  UpdateWeights(context, std::span(&task, 1));

  UpdateState fused = start;
  std::vector<std::vector<std::byte>> copies(2, std::vector<std::byte>(start.weights.size()));
  std::byte* const destinations[] = {copies[0].data(), copies[1].data()};
  const FusedUpdateTask fused_task = {fused.Task(scalars), source, {destinations, 2}};
  UpdateWeightsFused(context, std::span(&fused_task, 1));
  std::string difference;
  EXPECT_TRUE(fused.Equals(separate, &difference)) << start.config.Name() << ": " << difference;
  for (const std::vector<std::byte>& copy : copies) EXPECT_EQ(copy, separate.weights);
}

TEST(FusedUpdate, EqualsReduceThenUpdateThenCopy) {
  std::mt19937 random(1);
  for (const UpdateConfig& config : ChainConfigs()) {
    for (DType dtype : {DType::kBf16, DType::kFp16, DType::kFp32}) {
      for (std::size_t contributor_count : {1u, 3u}) {
        UpdateState start(config, 4096 + 777);  // more than a part, and a tail
        start.FillWeights(Values::kOrdinary, random);
        ExpectFusedEqualsSeparate(
            start, Contributions(dtype, contributor_count, start.valid_count, random));
        ASSERT_FALSE(HasFailure());
      }
    }
  }
}

// A contribution that ends in the first part leaves the others with padding alone.
TEST(FusedUpdate, ShortContributions) {
  std::mt19937 random(2);
  UpdateState start(UpdateConfig{}, 100);
  start.FillWeights(Values::kOrdinary, random);
  ExpectFusedEqualsSeparate(start, Contributions(DType::kBf16, 2, start.valid_count, random));
}

TEST(FusedUpdate, WithoutContributionsTheGradientIsTheTasks) {
  std::mt19937 random(3);
  UpdateState start(UpdateConfig{}, 5000);
  start.FillWeights(Values::kOrdinary, random);
  start.FillGradient(Values::kOrdinary, random);
  const UpdateScalars scalars = start.config.Scalars(1);
  UpdateState fused = start;
  UpdateState plain = start;
  const FusedUpdateTask fused_task = {fused.Task(scalars), {}, {}};
  UpdateWeightsFused(start.config.Context(1), std::span(&fused_task, 1));
  const UpdateTask task = plain.Task(scalars);
  UpdateWeights(start.config.Context(1), std::span(&task, 1));
  std::string difference;
  EXPECT_TRUE(fused.Equals(plain, &difference)) << difference;
}

}  // namespace
}  // namespace zerod
