// Training through daemons gives the bits of training embedded.
#include <numeric>
#include <thread>

#include "gtest/gtest.h"
#include "tests/engine/job_specs.h"
#include "tests/server/sidecar_run.h"

namespace zerod {
namespace {

constexpr std::uint64_t kSteps = 10;

struct Case {
  const char* name;
  std::vector<int> ranks_per_node;
  JobPlacement placement;
  std::uint32_t micro_batches = 1;
};

class SidecarEqualsEmbedded : public testing::TestWithParam<Case> {};

RunBits Embedded(const JobSpec& spec, int rank_count, const JobPlacement& placement,
                 const RunOptions& run) {
  RunBits bits = Train(EmbeddedWorld(rank_count, placement), spec, run);
  bits.masters.clear();
  return bits;
}

TEST_P(SidecarEqualsEmbedded, BitForBit) {
  const auto& [name, ranks_per_node, placement, micro_batches] = GetParam();
  JobSpec spec = OddModel();
  spec.bucket_bytes = 5000;
  const RunOptions run{.steps = kSteps, .micro_batches = micro_batches};
  const int rank_count = std::accumulate(ranks_per_node.begin(), ranks_per_node.end(), 0);
  const RunBits expected = Embedded(spec, rank_count, placement, run);
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
        Case{"MicroBatches", {2}, {}, 3}, Case{"MicroBatchesOnTwoDaemons", {1, 1}, {}, 3}),
    [](const testing::TestParamInfo<Case>& info) { return info.param.name; });

// Two jobs of different sizes on the same ranks share nothing but time.
TEST(Sidecar, TwoJobsAtOnce) {
  JobSpec large = OddModel();
  large.name = "large";
  large.bucket_bytes = 5000;
  JobSpec small;
  small.name = "small";
  small.parameters = {{.name = "w", .shape = {40, 30}}};
  const RunOptions run{.steps = kSteps};
  const RunBits expected_large = Embedded(large, 2, {}, run);
  const RunBits expected_small = Embedded(small, 2, {}, run);
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
