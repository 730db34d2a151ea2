#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/convert.h"
#include "tests/proto/full_values.h"

namespace zerod {
namespace {

void ExpectEqual(const PhaseSeconds& a, const PhaseSeconds& b) {
  const auto& [wait, reduce, commit, update, gather] = a;
  EXPECT_EQ(wait, b.wait);
  EXPECT_EQ(reduce, b.reduce);
  EXPECT_EQ(commit, b.commit);
  EXPECT_EQ(update, b.update);
  EXPECT_EQ(gather, b.gather);
}

void ExpectEqual(const RankStatistics& a, const RankStatistics& b) {
  const auto& [rank, shard_weight, has_trainer, trainer, owned_elements, memory, sent_bytes,
               received_bytes, nonfinite_updates, groups, last_step, total] = a;
  EXPECT_EQ(rank, b.rank);
  EXPECT_EQ(shard_weight, b.shard_weight);
  EXPECT_EQ(has_trainer, b.has_trainer);
  EXPECT_EQ(trainer, b.trainer);
  EXPECT_EQ(owned_elements, b.owned_elements);
  EXPECT_EQ(memory.by_kind, b.memory.by_kind);
  EXPECT_EQ(sent_bytes, b.sent_bytes);
  EXPECT_EQ(received_bytes, b.received_bytes);
  EXPECT_EQ(nonfinite_updates, b.nonfinite_updates);
  EXPECT_EQ(groups, b.groups);
  ExpectEqual(last_step, b.last_step);
  ExpectEqual(total, b.total);
}

void ExpectEqual(const GroupStatistics& a, const GroupStatistics& b) {
  const auto& [name, frozen, master, hyperparameters, update_count, update_bound, telemetry] = a;
  EXPECT_EQ(name, b.name);
  EXPECT_EQ(frozen, b.frozen);
  EXPECT_EQ(master, b.master);
  EXPECT_EQ(hyperparameters, b.hyperparameters);
  EXPECT_EQ(update_count, b.update_count);
  EXPECT_EQ(update_bound, b.update_bound);
  EXPECT_EQ(telemetry, b.telemetry);
}

TEST(StatisticsConversion, RoundTripThroughBytes) {
  const JobStatistics full = FullStatistics();
  v1::JobDescription message;
  ASSERT_TRUE(message.ParseFromString(ToProto(full).SerializeAsString()));
  const absl::StatusOr<JobStatistics> back = FromProto(message);
  ASSERT_TRUE(back.ok()) << back.status();
  const auto& [parameter_count, element_count, trainable_element_count, wide_master_parameters,
               wide_master_element_count, optimizer, codec, master_rounding, has_v_codes, groups,
               last_updated_step, step, skipped_steps, aborted_attempts, last_result, ranks] =
      *back;
  EXPECT_EQ(parameter_count, full.parameter_count);
  EXPECT_EQ(element_count, full.element_count);
  EXPECT_EQ(trainable_element_count, full.trainable_element_count);
  EXPECT_EQ(wide_master_parameters, full.wide_master_parameters);
  EXPECT_EQ(wide_master_element_count, full.wide_master_element_count);
  EXPECT_EQ(optimizer, full.optimizer);
  EXPECT_EQ(codec, full.codec);
  EXPECT_EQ(master_rounding, full.master_rounding);
  EXPECT_EQ(has_v_codes, full.has_v_codes);
  ASSERT_EQ(groups.size(), 2);
  for (const std::size_t i : {0, 1}) {
    ExpectEqual(groups[i], full.groups[i]);
  }
  EXPECT_EQ(last_updated_step, full.last_updated_step);
  EXPECT_EQ(step, full.step);
  EXPECT_EQ(skipped_steps, full.skipped_steps);
  EXPECT_EQ(aborted_attempts, full.aborted_attempts);
  EXPECT_EQ(last_result.attempt, full.last_result.attempt);
  ASSERT_EQ(ranks.size(), 2);
  ExpectEqual(ranks[0], full.ranks[0]);
  ExpectEqual(ranks[1], full.ranks[1]);
}

TEST(StatisticsConversion, NewerAndOlderDaemons) {
  v1::JobDescription message;
  message.set_optimizer(v1::OPTIMIZER_LION);
  message.set_codec(v1::STATE_CODEC_ROBUST);
  message.set_master_rounding(v1::MASTER_ROUNDING_NEAREST);
  message.add_ranks()->mutable_bytes()->insert({"weights", 5});
  message.mutable_ranks(0)->mutable_bytes()->insert({"a kind to come", 6});
  const absl::StatusOr<JobStatistics> statistics = FromProto(message);
  ASSERT_TRUE(statistics.ok()) << statistics.status();
  EXPECT_EQ(statistics->ranks[0].memory[MemoryKind::kWeights], 5);
  EXPECT_EQ(statistics->ranks[0].memory[MemoryKind::kStaging], 0);
  EXPECT_EQ(statistics->last_result.step, 0);
}

TEST(StatisticsConversion, UnknownOutcome) {
  v1::JobDescription message = ToProto(FullStatistics());
  EXPECT_TRUE(FromProto(message).ok());
  message.mutable_last_result()->clear_outcome();
  EXPECT_EQ(FromProto(message).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(StatisticsConversion, UnknownOptimizer) {
  for (const int number : {-1, 0, 6}) {
    v1::JobDescription message = ToProto(FullStatistics());
    message.set_optimizer(static_cast<v1::Optimizer>(number));
    EXPECT_EQ(FromProto(message).status().code(), absl::StatusCode::kInvalidArgument) << number;
  }
}

TEST(StatisticsConversion, UnknownFormats) {
  for (const int number : {-1, 0, 4}) {
    v1::JobDescription message = ToProto(FullStatistics());
    message.set_codec(static_cast<v1::StateCodec>(number));
    EXPECT_EQ(FromProto(message).status().code(), absl::StatusCode::kInvalidArgument) << number;
    message = ToProto(FullStatistics());
    message.set_master_rounding(static_cast<v1::MasterRounding>(number));
    EXPECT_EQ(FromProto(message).status().code(), absl::StatusCode::kInvalidArgument) << number;
    message = ToProto(FullStatistics());
    message.mutable_groups(1)->set_master(static_cast<v1::MasterFormat>(number));
    EXPECT_EQ(FromProto(message).ok(), number == 0) << number;
  }
}

}  // namespace
}  // namespace zerod
