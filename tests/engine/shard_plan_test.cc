#include "engine/shard_plan.h"

#include <map>

#include "gtest/gtest.h"
#include "tests/engine/job_specs.h"

namespace zerod {
namespace {

using enum MemoryKind;

std::shared_ptr<const JobLayout> Layout(std::vector<std::uint32_t> shard_weights,
                                        std::uint64_t bucket_bytes,
                                        std::vector<int> contributors = {0}) {
  JobSpec spec = OddModel();
  spec.bucket_bytes = bucket_bytes;
  return *JobLayout::Create(
      spec, {.shard_weights = std::move(shard_weights), .contributors = std::move(contributors)});
}

const std::vector<std::vector<std::uint32_t>> kWeightSets = {
    {1}, {1, 1}, {3, 1}, {0, 1, 0}, {1, 2, 3, 4, 5, 6, 7}};

TEST(BucketPlan, BucketsTileTheFlatIndexOnLines) {
  for (std::uint64_t bucket_bytes : {512, 1000, 4096, 1 << 30}) {
    const auto buckets = CutBuckets(10 * kLineElements, bucket_bytes);
    std::uint64_t flat = 0;
    for (FlatRange bucket : buckets) {
      EXPECT_EQ(bucket.begin, flat);
      EXPECT_EQ(bucket.count() % kLineElements, 0u);
      EXPECT_LE(bucket.count() * 2, bucket_bytes);
      flat = bucket.end;
    }
    EXPECT_EQ(flat, 10 * kLineElements);
  }
}

TEST(BucketPlan, SlicesTileTheBucketInProportion) {
  const FlatRange bucket{256, 256 + 700 * kLineElements};
  for (const auto& weights : kWeightSets) {
    std::uint64_t flat = bucket.begin;
    std::uint64_t total = 0;
    for (std::uint32_t weight : weights) total += weight;
    for (int rank = 0; rank < static_cast<int>(weights.size()); ++rank) {
      const FlatRange slice = SliceOf(bucket, weights, rank);
      EXPECT_EQ(slice.begin, flat);
      EXPECT_EQ(slice.count() % kLineElements, 0u);
      EXPECT_NEAR(static_cast<double>(slice.count()) / kLineElements, 700.0 * weights[rank] / total,
                  1.0);
      EXPECT_TRUE(weights[rank] > 0 || slice.empty());
      flat = slice.end;
    }
    EXPECT_EQ(flat, bucket.end);
  }
}

TEST(BucketPlan, HugeBucketsAndWeightsDoNotOverflow) {
  const std::vector<std::uint32_t> weights = {0xffffffff, 0xffffffff, 1};
  const FlatRange bucket{0, (std::uint64_t{1} << 40) * kLineElements};
  EXPECT_EQ(SliceOf(bucket, weights, 0).begin, 0u);
  EXPECT_EQ(SliceOf(bucket, weights, 2).end, bucket.end);
}

TEST(ByteLayout, FrozenWeightsLieBehindTheOthers) {
  const auto layout = Layout({1}, 4096);
  const Parameter& frozen = layout->table.parameters()[*layout->table.Find("frozen.weight")];
  EXPECT_EQ(layout->weights.BytesIn(frozen.flat), 0u);
  EXPECT_EQ(layout->gradients.BytesIn(frozen.flat), 0u);
  EXPECT_EQ(layout->WeightsOffset(frozen), layout->weights.total_bytes());
  EXPECT_EQ(layout->ArenaBytes(), layout->weights.total_bytes() + frozen.flat.count() * 2);
}

TEST(ByteLayout, FollowsEachParametersOwnWidth) {
  const auto layout = Layout({1}, 4096);
  std::uint64_t offset = 0;
  for (const Parameter& parameter : layout->table.parameters()) {
    EXPECT_EQ(layout->weights.OffsetOf(parameter.flat.begin), offset);
    if (!parameter.frozen) offset += parameter.flat.count() * DTypeBytes(parameter.spec.dtype);
  }
  EXPECT_EQ(layout->weights.total_bytes(), offset);
  EXPECT_EQ(layout->weights.OffsetOf(layout->table.flat_end()), offset);
}

TEST(ShardPlan, SegmentsOfAllRanksCoverEveryTrainableElementOnce) {
  for (const auto& weights : kWeightSets) {
    for (std::uint64_t bucket_bytes : {512, 3000, 1 << 20}) {
      const auto layout = Layout(weights, bucket_bytes);
      std::map<std::size_t, std::uint64_t> valid_count;
      for (int rank = 0; rank < layout->world.world_size(); ++rank) {
        for (const SlicePlan& slice : MakeShardPlan(*layout, rank, false).slices) {
          for (const Segment& segment : slice.segments) {
            EXPECT_GE(segment.flat.begin, slice.flat.begin);
            EXPECT_LE(segment.flat.end, slice.flat.end);
            valid_count[segment.parameter] += segment.valid_count;
          }
        }
      }
      for (std::size_t i = 0; i < layout->table.parameters().size(); ++i) {
        const Parameter& parameter = layout->table.parameters()[i];
        EXPECT_EQ(valid_count[i], parameter.frozen ? 0 : parameter.element_count);
      }
    }
  }
}

TEST(ShardPlan, StateBytesDoNotDependOnTheWorld) {
  for (MemoryKind kind : {kReducedGradients, kCorrection, kM, kV, kScales}) {
    const std::uint64_t alone = MakeShardPlan(*Layout({1}, 1 << 20), 0, false).bytes[kind];
    for (const auto& weights : kWeightSets) {
      const auto layout = Layout(weights, 2048);
      std::uint64_t together = 0;
      for (int rank = 0; rank < layout->world.world_size(); ++rank) {
        together += MakeShardPlan(*layout, rank, false).bytes[kind];
      }
      EXPECT_EQ(together, alone) << MemoryKindName(kind);
    }
  }
}

TEST(ShardPlan, OffsetsOfOneKindNeverOverlap) {
  const auto layout = Layout({2, 1}, 2048);
  const ShardPlan plan = MakeShardPlan(*layout, 0, true);
  for (MemoryKind kind : {kReducedGradients, kCorrection, kM, kV, kScales}) {
    std::uint64_t next = 0;
    for (const SlicePlan& slice : plan.slices) {
      for (const Segment& segment : slice.segments) {
        EXPECT_EQ(segment.offsets[kind], next);
        next +=
            segment.flat.count() / kQuantGroupElements *
            GroupBytes(layout->table.parameters()[segment.parameter], kind, {.accumulate = true});
      }
    }
    EXPECT_EQ(next, plan.bytes[kind]);
  }
}

TEST(ShardPlan, OnlyTrainersRanksHoldTheWholeModel) {
  const auto layout = Layout({1, 1, 0}, 2048, {0, 2});
  EXPECT_EQ(MakeShardPlan(*layout, 0, false).bytes[kWeights], layout->ArenaBytes());
  EXPECT_LT(MakeShardPlan(*layout, 1, false).bytes[kWeights], layout->weights.total_bytes());
  EXPECT_EQ(MakeShardPlan(*layout, 1, false).bytes[kGradients], 0u);
  EXPECT_EQ(MakeShardPlan(*layout, 2, false).bytes[kGradients], layout->gradients.total_bytes());
  EXPECT_EQ(MakeShardPlan(*layout, 2, false).bytes.by_kind[static_cast<int>(kM)], 0u);
}

TEST(ShardPlan, StagingHoldsThePeersPartsOfOneSlice) {
  const auto layout = Layout({1, 1}, 1 << 20, {0, 1});
  const ShardPlan plan = MakeShardPlan(*layout, 1, false);
  EXPECT_EQ(plan.bytes[kStaging], plan.slices[0].gradient_bytes);
}

}  // namespace
}  // namespace zerod
