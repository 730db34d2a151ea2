#include "server/rank_choice.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace zerod {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Two nodes of 1 and 3 ranks; ranks 0, 1 and 3 take trainers.
std::shared_ptr<const JobLayout> Layout() {
  JobSpec spec;
  spec.name = "gpt";
  spec.parameters = {{.name = "w", .shape = {8}}};
  return *JobLayout::Create(spec, {.shard_weights = {1, 1, 1, 1}, .contributors = {0, 1, 3}});
}
const RankTable kRanks(std::vector<int>{1, 3});

std::string Refusal(std::optional<int> wanted, int node) {
  const auto candidates = RankCandidates(*Layout(), kRanks, node, wanted);
  EXPECT_FALSE(candidates.ok());
  return std::string(candidates.status().message());
}

TEST(RankTable, NumbersRanksNodeByNode) {
  EXPECT_EQ(kRanks.rank_count(), 4);
  EXPECT_EQ(kRanks.node_count(), 2);
  EXPECT_THAT(kRanks.node_of_rank(), ElementsAre(0, 1, 1, 1));
  EXPECT_THAT(kRanks.RanksOf(0), ElementsAre(0));
  EXPECT_THAT(kRanks.RanksOf(1), ElementsAre(1, 2, 3));
  EXPECT_EQ(kRanks.first_rank(1), 1);
  EXPECT_EQ(kRanks.rank_count(1), 3);
}

TEST(RankChoice, OffersTheNodesRanksThatTakeATrainer) {
  EXPECT_THAT(*RankCandidates(*Layout(), kRanks, 0, std::nullopt), ElementsAre(0));
  EXPECT_THAT(*RankCandidates(*Layout(), kRanks, 1, std::nullopt), ElementsAre(1, 3));
  EXPECT_THAT(*RankCandidates(*Layout(), kRanks, 1, 3), ElementsAre(3));
}

TEST(RankChoice, SaysWhereElse) {
  EXPECT_THAT(Refusal(4, 1), HasSubstr("there is no rank 4; the cluster has 4"));
  EXPECT_THAT(Refusal(-1, 1), HasSubstr("there is no rank -1"));
  EXPECT_THAT(Refusal(2, 1),
              HasSubstr("rank 2 takes no trainer of job 'gpt'; ranks that do: 0, 1"));
  EXPECT_THAT(Refusal(0, 1), HasSubstr("rank 0 lives on node 0"));
  const RankTable all_on_two(std::vector<int>{2, 1, 1});
  const auto none = RankCandidates(*Layout(), all_on_two, 1, std::nullopt);
  EXPECT_EQ(none.status().code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace zerod
