// Several threads per rank change no bit of what is stored or told.
#include "gtest/gtest.h"
#include "tests/client/training_run.h"
#include "tests/engine/job_specs.h"

namespace zerod {
namespace {

struct Case {
  const char* name;
  Optimizer optimizer;
  StateCodec codec;
  MasterRounding rounding;
  std::uint32_t micro_batches;
};

class Threads : public testing::TestWithParam<Case> {};

TEST_P(Threads, ChangeNoBit) {
  JobSpec spec = LargeModel();
  spec.optimizer = GetParam().optimizer;
  spec.codec = GetParam().codec;
  spec.master_rounding = GetParam().rounding;
  for (ParameterGroup& group : spec.groups) {
    group.hyperparameters = {.lr = 1e-3, .weight_decay = 0.1};
  }
  const RunOptions run{.steps = 5, .micro_batches = GetParam().micro_batches};
  const std::vector<RankOptions> alone = {
      {.shard_weight = 1}, {.shard_weight = 0}, {.shard_weight = 0}};
  const RunBits expected = Train({.ranks = alone}, spec, run);
  ASSERT_EQ(expected.norms.size(), 5u);
  const std::vector<RankOptions> uneven = {{.shard_weight = 7},
                                           {.shard_weight = 1},
                                           {.shard_weight = 0},
                                           {.shard_weight = 3, .trainer = false}};
  for (int threads : {2, 3, 7}) {
    for (const auto& ranks : {alone, uneven}) {
      EXPECT_TRUE(Train({.ranks = ranks, .threads_per_rank = threads}, spec, run) == expected)
          << threads << " threads, " << ranks.size() << " ranks";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Optimizers, Threads,
    testing::Values(Case{"AdamWAccumulating", Optimizer::kAdamW, StateCodec::kRobust,
                         MasterRounding::kStochastic, 3},
                    Case{"Adam", Optimizer::kAdam, StateCodec::kFlash, MasterRounding::kNearest, 1},
                    Case{"Lion", Optimizer::kLion, StateCodec::kFp32, MasterRounding::kNearest, 1},
                    Case{"SgdAccumulating", Optimizer::kSgd, StateCodec::kRobust,
                         MasterRounding::kStochastic, 2}),
    [](const testing::TestParamInfo<Case>& info) { return info.param.name; });

TEST(Threads, TelemetryIsThatOfOne) {
  const JobSpec spec = LargeModel();
  const InitialValues initial(spec);
  std::vector<JobStatistics> statistics;
  for (int threads : {1, 3}) {
    const auto job = *Embedded::Create({.threads_per_rank = threads}, spec, initial.views);
    const auto trainer = *job->Attach(0);
    ASSERT_TRUE(RunTrainer(*trainer, 0, 1, {.steps = 3}, nullptr).ok());
    statistics.push_back(*trainer->Statistics());
  }
  ASSERT_GT(statistics[0].groups[3].telemetry.element_count, 200'000u);
  for (std::size_t group = 0; group < spec.groups.size(); ++group) {
    EXPECT_EQ(statistics[1].groups[group].telemetry, statistics[0].groups[group].telemetry);
  }
}

TEST(Threads, MoreThanElementsChangeNoBit) {
  JobSpec spec;
  spec.parameters = {{.name = "row", .shape = {1, 33}}, {.name = "empty", .shape = {0, 3}}};
  const RunOptions run{.steps = 5};
  const std::vector<RankOptions> ranks = {{}, {}, {.shard_weight = 0}};
  const RunBits expected = Train({.ranks = ranks}, spec, run);
  ASSERT_EQ(expected.norms.size(), 5u);
  EXPECT_TRUE(Train({.ranks = ranks, .threads_per_rank = 100}, spec, run) == expected);
}

}  // namespace
}  // namespace zerod
