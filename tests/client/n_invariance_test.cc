// The same contributions give the same bits for every number of shards, every weighting, every
// bucket size and every number of threads.
#include "gtest/gtest.h"
#include "tests/client/training_run.h"
#include "tests/engine/job_specs.h"

namespace zerod {
namespace {

// A world of `shard_weights`; the first three ranks have trainers.
EmbeddedOptions World(const std::vector<std::uint32_t>& shard_weights, int threads_per_rank = 1) {
  EmbeddedOptions options{.threads_per_rank = threads_per_rank};
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
    EXPECT_TRUE(Train(World({7, 1, 0, 3}, 3), spec, run) == expected)
        << "3 threads a rank, buckets of " << bucket_bytes << " bytes";
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

// An optimizer, and the state it keeps.
struct OptimizerCase {
  const char* name;
  Optimizer optimizer;
  Hyperparameters hyperparameters;
  StateCodec codec = StateCodec::kRobust;
  MasterRounding rounding = MasterRounding::kNearest;
};

class OptimizerNInvariance : public testing::TestWithParam<OptimizerCase> {};

// Half of it fp16.
JobSpec MixedModel(const OptimizerCase& test_case) {
  JobSpec spec = OddModel();
  spec.optimizer = test_case.optimizer;
  spec.codec = test_case.codec;
  spec.master_rounding = test_case.rounding;
  for (std::size_t i = 0; i < spec.parameters.size(); i += 2) {
    if (spec.parameters[i].dtype == DType::kBf16) spec.parameters[i].dtype = DType::kFp16;
  }
  for (ParameterGroup& group : spec.groups) {
    group.hyperparameters = test_case.hyperparameters;
    if (group.name == "no_decay") group.hyperparameters.weight_decay = 0;
  }
  return spec;
}

TEST_P(OptimizerNInvariance, SameBitsAfter12Steps) {
  JobSpec spec = MixedModel(GetParam());
  const RunOptions run{.steps = 12};
  const RunBits expected = Train(World({1, 0, 0}), spec, run);
  ASSERT_EQ(expected.norms.size(), 12u);
  for (const auto& weights : expected.weights) EXPECT_EQ(weights, expected.weights[0]);
  const std::vector<std::vector<std::uint32_t>> worlds = {
      {5, 2, 0}, {1, 1, 1}, {7, 1, 0, 3}, {1, 2, 3, 4, 5, 6, 7}};
  for (std::uint64_t bucket_bytes : {5000, 8 << 20}) {
    spec.bucket_bytes = bucket_bytes;
    for (const auto& world : worlds) {
      EXPECT_TRUE(Train(World(world), spec, run) == expected)
          << world.size() << " ranks, weights " << testing::PrintToString(world) << ", buckets of "
          << bucket_bytes << " bytes";
    }
    EXPECT_TRUE(Train(World({5, 2, 0}, 3), spec, run) == expected)
        << "3 threads a rank, buckets of " << bucket_bytes << " bytes";
  }
}

constexpr Hyperparameters kDecay{.lr = 1e-3, .weight_decay = 0.1};
constexpr Hyperparameters kFullyDecoupled{
    .lr = 1e-3, .beta2 = 0.99, .weight_decay = 1e-3, .initial_lr = 2e-3};
constexpr Hyperparameters kMomentum{.lr = 1e-2, .weight_decay = 0.1, .momentum = 0.9};
constexpr Hyperparameters kNesterov{
    .lr = 1e-2, .weight_decay = 0.1, .momentum = 0.9, .nesterov = true};
constexpr auto kStochastic = MasterRounding::kStochastic;

INSTANTIATE_TEST_SUITE_P(
    Optimizers, OptimizerNInvariance,
    testing::Values(
        OptimizerCase{"AdamW", Optimizer::kAdamW, kFullyDecoupled},
        OptimizerCase{"Adam", Optimizer::kAdam, kDecay},
        OptimizerCase{"AdamStochastic", Optimizer::kAdam, kDecay, StateCodec::kRobust, kStochastic},
        OptimizerCase{"Lion", Optimizer::kLion, kDecay},
        OptimizerCase{"LionFlash", Optimizer::kLion, kFullyDecoupled, StateCodec::kFlash},
        OptimizerCase{"SgdMomentum", Optimizer::kSgd, kMomentum},
        OptimizerCase{"SgdNesterov", Optimizer::kSgd, kNesterov, StateCodec::kFlash},
        OptimizerCase{"SgdWMomentum", Optimizer::kSgdW, kMomentum, StateCodec::kFp32, kStochastic},
        OptimizerCase{"Sgd", Optimizer::kSgd, kDecay},
        OptimizerCase{"SgdW", Optimizer::kSgdW, kDecay, StateCodec::kRobust, kStochastic}),
    [](const auto& info) { return info.param.name; });

// The settings above are different ones.
TEST(OptimizerNInvariance, EveryOptimizerHasItsOwnBits) {
  std::vector<std::vector<std::vector<float>>> seen;
  for (const auto& [optimizer, hyperparameters] :
       std::vector<std::pair<Optimizer, Hyperparameters>>{{Optimizer::kAdamW, kDecay},
                                                          {Optimizer::kAdam, kDecay},
                                                          {Optimizer::kLion, kDecay},
                                                          {Optimizer::kSgd, kDecay},
                                                          {Optimizer::kSgd, kMomentum},
                                                          {Optimizer::kSgd, kNesterov},
                                                          {Optimizer::kSgdW, kDecay},
                                                          {Optimizer::kSgdW, kMomentum}}) {
    const JobSpec spec = MixedModel({"", optimizer, hyperparameters});
    seen.push_back(Train(World({1}), spec, {.steps = 3}).masters);
    for (std::size_t i = 0; i + 1 < seen.size(); ++i) {
      EXPECT_NE(seen[i], seen.back()) << i << " and " << seen.size() - 1;
    }
  }
}

// The comparison can fail: one gradient bit of one trainer in one step shows in the final bits.
TEST(NInvariance, OneBitOfOneContributionShows) {
  RunOptions run{.steps = 5};
  const RunBits expected = Train(World({1, 1, 0}), OddModel(), run);
  run.adjust = [](std::size_t parameter, std::uint64_t step, int contributor, TensorView gradient) {
    // Among the largest of its group, which no code is too coarse for.
    if (parameter == 2 && step == 3 && contributor == 1) gradient.bf16()[1011] ^= 0x40;
    return true;
  };
  EXPECT_FALSE(Train(World({1, 1, 0}), OddModel(), run) == expected);
}

}  // namespace
}  // namespace zerod
