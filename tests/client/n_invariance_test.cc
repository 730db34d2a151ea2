// The same contributions give the same bits for every number of shards, every weighting and every
// bucket size.
#include "gtest/gtest.h"
#include "tests/client/training_run.h"
#include "tests/engine/job_specs.h"

namespace zerod {
namespace {

// A world of `shard_weights`; the first three ranks have trainers.
EmbeddedOptions World(const std::vector<std::uint32_t>& shard_weights) {
  EmbeddedOptions options;
  options.ranks.clear();
  for (std::size_t rank = 0; rank < shard_weights.size(); ++rank) {
    options.ranks.push_back({.shard_weight = shard_weights[rank], .trainer = rank < 3});
  }
  return options;
}

// ThreadSanitizer makes every rendezvous dear, and buckets of one line have the most.
#ifdef __SANITIZE_THREAD__
const std::vector<std::uint64_t> kBucketBytes = {5000, 8u << 20};
#else
const std::vector<std::uint64_t> kBucketBytes = {512, 5000, 8u << 20};
#endif

struct Case {
  const char* name;
  StateCodec codec;
  MasterRounding rounding;
  std::uint32_t micro_batches;
};

class NInvariance : public testing::TestWithParam<Case> {};

TEST_P(NInvariance, SameBitsAfter50Steps) {
  JobSpec spec = OddModel();
  spec.codec = GetParam().codec;
  spec.master_rounding = GetParam().rounding;
  const RunOptions run{.steps = 50, .micro_batches = GetParam().micro_batches};

  const RunBits expected = Train(World({1, 0, 0}), spec, run);
  ASSERT_EQ(expected.norms.size(), 50u);
  for (const auto& weights : expected.weights) EXPECT_EQ(weights, expected.weights[0]);

  const std::vector<std::vector<std::uint32_t>> worlds = {{1, 0, 0},
                                                          {1, 1, 0},
                                                          {5, 2, 0},
                                                          {1, 1, 1},
                                                          {1, 1, 1, 1},
                                                          {7, 1, 0, 3},
                                                          {1, 2, 3, 4, 5, 6, 7}};
  for (std::uint64_t bucket_bytes : kBucketBytes) {
    spec.bucket_bytes = bucket_bytes;
    for (const auto& world : worlds) {
      EXPECT_TRUE(Train(World(world), spec, run) == expected)
          << world.size() << " ranks, weights " << testing::PrintToString(world) << ", buckets of "
          << bucket_bytes << " bytes";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Codecs, NInvariance,
    testing::Values(Case{"Robust", StateCodec::kRobust, MasterRounding::kNearest, 1},
                    Case{"RobustAccumulating", StateCodec::kRobust, MasterRounding::kNearest, 3},
                    Case{"RobustStochastic", StateCodec::kRobust, MasterRounding::kStochastic, 1},
                    Case{"Flash", StateCodec::kFlash, MasterRounding::kNearest, 1},
                    Case{"Fp32", StateCodec::kFp32, MasterRounding::kNearest, 1}),
    [](const testing::TestParamInfo<Case>& info) { return info.param.name; });

// The comparison can fail: one gradient bit of one trainer in one step shows in the final bits.
TEST(NInvariance, OneBitOfOneContributionShows) {
  RunOptions run{.steps = 5};
  const RunBits expected = Train(World({1, 1, 0}), OddModel(), run);
  run.adjust = [](std::size_t parameter, std::uint64_t step, int contributor, TensorView gradient) {
    if (parameter == 2 && step == 3 && contributor == 1) gradient.bf16()[1000] ^= 0x40;
    return true;
  };
  EXPECT_FALSE(Train(World({1, 1, 0}), OddModel(), run) == expected);
}

}  // namespace
}  // namespace zerod
