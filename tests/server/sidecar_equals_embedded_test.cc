// Training through daemons gives the bits of training embedded.
#include <numeric>
#include <thread>

#include "gtest/gtest.h"
#include "tests/engine/job_specs.h"
#include "tests/server/sidecar_run.h"
#include "zerod/embedded.h"

namespace zerod {
namespace {

constexpr std::uint64_t kSteps = 10;

struct Case {
  const char* name;
  std::vector<int> ranks_per_node;
  JobPlacement placement;
  std::uint32_t micro_batches = 1;
  Optimizer optimizer = Optimizer::kAdamW;
  double momentum = 0.0;
};

class SidecarEqualsEmbedded : public testing::TestWithParam<Case> {};

RunBits TrainEmbedded(const JobSpec& spec, int rank_count, const JobPlacement& placement,
                      const RunOptions& run) {
  RunBits bits = Train(EmbeddedWorld(rank_count, placement), spec, run);
  bits.masters.clear();
  return bits;
}

TEST_P(SidecarEqualsEmbedded, BitForBit) {
  const auto& [name, ranks_per_node, placement, micro_batches, optimizer, momentum] = GetParam();
  JobSpec spec = OddModel();
  spec.optimizer = optimizer;
  if (optimizer != Optimizer::kAdamW) {
    spec.parameters[0].dtype = spec.parameters[3].dtype = DType::kFp16;
    for (ParameterGroup& group : spec.groups) {
      group.hyperparameters = {.lr = 1e-3, .weight_decay = 0.1, .momentum = momentum};
    }
  }
  spec.bucket_bytes = 5000;
  const RunOptions run{.steps = kSteps, .micro_batches = micro_batches};
  const int rank_count = std::accumulate(ranks_per_node.begin(), ranks_per_node.end(), 0);
  const RunBits expected = TrainEmbedded(spec, rank_count, placement, run);
  ASSERT_EQ(expected.norms.size(), kSteps);
  const Daemons daemons({.ranks_per_node = ranks_per_node});
  EXPECT_TRUE(TrainOnService(daemons, ranks_per_node, spec, placement, run) == expected)
      << daemons.Log();
}

INSTANTIATE_TEST_SUITE_P(
    Worlds, SidecarEqualsEmbedded,
    testing::Values(
        Case{"OneRank", {1}, {}}, Case{"TwoRanks", {2}, {}}, Case{"ThreeRanks", {3}, {}},
        Case{"FourRanks", {4}, {}}, Case{"TwoDaemons", {1, 1}, {}},
        Case{"TwoDaemonsOfTwo", {2, 2}, {}}, Case{"UnevenDaemons", {1, 3}, {}},
        Case{"UnevenWeights", {2, 2}, {.shard_weights = {7, 1, 0, 3}}},
        Case{"SomeContribute", {2, 2}, {.contributors = {1, 2}}},
        // Ranks elsewhere own everything: disaggregated.
        Case{"Disaggregated", {1, 2}, {.shard_weights = {0, 1, 2}, .contributors = {0}}},
        Case{"MicroBatches", {2}, {}, 3}, Case{"MicroBatchesOnTwoDaemons", {1, 1}, {}, 3},
        Case{"Lion", {1, 2}, {}, 1, Optimizer::kLion},
        Case{"SgdWithMomentum", {1, 1}, {}, 1, Optimizer::kSgd, 0.9},
        Case{"SgdW", {2, 1}, {.shard_weights = {1, 0, 2}}, 1, Optimizer::kSgdW},
        Case{"AdamMicroBatches", {1, 1}, {}, 3, Optimizer::kAdam}),
    [](const testing::TestParamInfo<Case>& info) { return info.param.name; });

// Every daemon adds the same numbers up over all ranks, and they are those of training embedded.
TEST(Sidecar, TelemetryIsThatOfAllRanks) {
  const JobSpec spec = OddModel();
  const RunOptions run{.steps = 3};
  const InitialValues initial(spec);
  const auto job = *Embedded::Create({}, spec, initial.views);
  const auto alone = *job->Attach(0);
  ASSERT_TRUE(RunTrainer(*alone, 0, 1, run, nullptr).ok());
  const JobStatistics expected = *alone->Statistics();
  ASSERT_GT(expected.groups[3].telemetry.element_count, 0u);

  const Daemons daemons({.ranks_per_node = {2, 1}});
  const auto service = daemons.Connect(0);
  const JobPlacement placement{.shard_weights = {1, 3, 2}, .contributors = {0}};
  ASSERT_TRUE(service->CreateJob(spec, placement, "", initial.views).ok());
  const auto trainer = *service->Attach({.job = spec.name});
  ASSERT_TRUE(RunTrainer(*trainer, 0, 1, run, nullptr).ok());
  for (int node : {0, 1}) {
    const auto statistics = daemons.Connect(node)->Statistics(spec.name, "");
    ASSERT_TRUE(statistics.ok()) << statistics.status();
    EXPECT_EQ(statistics->last_updated_step, 3u);
    EXPECT_EQ(statistics->optimizer, Optimizer::kAdamW);
    EXPECT_TRUE(statistics->has_v_codes);
    ASSERT_EQ(statistics->groups.size(), expected.groups.size());
    for (std::size_t group = 0; group < expected.groups.size(); ++group) {
      EXPECT_EQ(statistics->groups[group].name, expected.groups[group].name);
      EXPECT_EQ(statistics->groups[group].hyperparameters, expected.groups[group].hyperparameters);
      EXPECT_EQ(statistics->groups[group].update_bound, expected.groups[group].update_bound);
      EXPECT_EQ(statistics->groups[group].telemetry, expected.groups[group].telemetry)
          << "group " << group << " as node " << node << " tells it";
    }
  }
}

TEST(Sidecar, TwoThreadsPerRank) {
  const JobSpec spec = LargeModel();
  const RunOptions run{.steps = 4, .micro_batches = 2};
  const JobPlacement placement{.shard_weights = {2, 0, 1}, .contributors = {0, 1}};
  const RunBits expected = TrainEmbedded(spec, 3, placement, run);
  const Daemons daemons({.ranks_per_node = {2, 1}, .flags = {"--threads-per-rank", "2"}});
  EXPECT_TRUE(TrainOnService(daemons, {2, 1}, spec, placement, run) == expected) << daemons.Log();
  EXPECT_TRUE(daemons.WaitForLog("threads_per_rank=2"));
}

// Two jobs of different sizes on the same ranks share nothing but time.
TEST(Sidecar, TwoJobsAtOnce) {
  JobSpec large = OddModel();
  large.name = "large";
  large.bucket_bytes = 5000;
  JobSpec small;
  small.name = "small";
  small.parameters = {{.name = "w", .shape = {40, 30}}};
  const RunOptions run{.steps = kSteps};
  const RunBits expected_large = TrainEmbedded(large, 2, {}, run);
  const RunBits expected_small = TrainEmbedded(small, 2, {}, run);
  const Daemons daemons({.ranks_per_node = {1, 1}});
  RunBits small_bits;
  std::thread other([&] {
    small_bits = TrainOnService(daemons, {1, 1}, small, JobPlacement(), run);
  });
  EXPECT_TRUE(TrainOnService(daemons, {1, 1}, large, JobPlacement(), run) == expected_large);
  other.join();
  EXPECT_TRUE(small_bits == expected_small);
}

}  // namespace
}  // namespace zerod
