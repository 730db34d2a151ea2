// Statistics are read from what is allocated and sent, not computed.
#include "gtest/gtest.h"
#include "tests/client/training_run.h"

namespace zerod {
namespace {

TEST(Statistics, StatisticsReadTheAllocations) {
  JobSpec spec;
  spec.parameters = {{.name = "w", .shape = {1024, 1024}}};
  const InitialValues initial(spec);
  for (int world_size : {1, 2, 4}) {
    const std::vector<RankOptions> ranks(static_cast<std::size_t>(world_size));
    const auto job = *Embedded::Create({.ranks = ranks}, spec, initial.views);
    const JobStatistics statistics = job->Statistics();
    EXPECT_EQ(statistics.element_count, 1u << 20);
    for (const RankStatistics& rank : statistics.ranks) {
      const double per_element = 1.0 / static_cast<double>(1 << 20);
      EXPECT_EQ(static_cast<double>(rank.memory.OptimizerState()) * per_element,
                3.125 / world_size);
      EXPECT_EQ(rank.memory[MemoryKind::kWeights], 2u << 20);
      EXPECT_EQ(rank.memory[MemoryKind::kGradients], 2u << 20);
      EXPECT_EQ(rank.memory[MemoryKind::kReducedGradients], (2u << 20) / world_size);
      EXPECT_EQ(rank.owned_elements, (1u << 20) / world_size);
    }
  }
}

TEST(Statistics, TrafficIsThatOfAReduceScatterAndAnAllGather) {
  JobSpec spec;
  spec.parameters = {{.name = "w", .shape = {1024, 1024}}};
  const InitialValues initial(spec);
  const auto job = *Embedded::Create({.ranks = {{}, {}}}, spec, initial.views);
  std::vector<std::unique_ptr<Trainer>> trainers;
  for (int rank : {0, 1}) trainers.push_back(*job->Attach(rank));
  for (auto& trainer : trainers) {
    FillGradient(0, 1, 0, 0, trainer->Gradient(0));
    ASSERT_TRUE(trainer->MarkGradientReady(0).ok());
    ASSERT_TRUE(trainer->Step({}).ok());
  }
  for (auto& trainer : trainers) ASSERT_TRUE(trainer->WaitForAllWeights().ok());
  // 4 P (N-1)/N bytes each way, and a few kilobytes to agree.
  const double expected = 4.0 * (1 << 20) / 2;
  for (const RankStatistics& rank : job->Statistics().ranks) {
    EXPECT_NEAR(static_cast<double>(rank.sent_bytes), expected, 8192);
    EXPECT_NEAR(static_cast<double>(rank.received_bytes), expected, 8192);
  }
}

}  // namespace
}  // namespace zerod
