#include "server/attachment_table.h"

#include "gtest/gtest.h"

namespace zerod {
namespace {

TEST(AttachmentTable, FindsByNumberAndJob) {
  AttachmentTable table;
  const std::uint64_t number = table.Add({.job = 3, .job_name = "gpt", .rank = 1});
  EXPECT_EQ(table.Find(number, 3)->rank, 1);
  EXPECT_EQ(table.Find(number, 4).status().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(table.Find(number + 1, 3).status().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(table.count(), 1);
}

TEST(AttachmentTable, NumbersCannotBeGuessedFromOneAnother) {
  AttachmentTable table;
  const std::uint64_t first = table.Add({});
  const std::uint64_t second = table.Add({});
  EXPECT_GT(std::max(first, second) - std::min(first, second), 1u << 16);
}

TEST(AttachmentTable, TakesOnce) {
  AttachmentTable table;
  const std::uint64_t number = table.Add({.job = 3});
  EXPECT_TRUE(table.Take(number).has_value());
  EXPECT_FALSE(table.Take(number).has_value());
  EXPECT_EQ(table.count(), 0);
}

// Two trainers that replace each other at the same time: the later one stays.
TEST(AttachmentTable, OnlyEarlierTrainersOfARankAreReplaced) {
  AttachmentTable table;
  const std::uint64_t earlier = table.Add({.job = 3, .rank = 1, .attachment = 7});
  const std::uint64_t later = table.Add({.job = 3, .rank = 1, .attachment = 9});
  const std::uint64_t elsewhere = table.Add({.job = 3, .rank = 2, .attachment = 1});
  const auto replaced = table.TakeReplaced(3, 1, 8);
  ASSERT_EQ(replaced.size(), 1u);
  EXPECT_EQ(replaced[0].attachment, 7u);
  EXPECT_FALSE(table.Find(earlier).has_value());
  EXPECT_TRUE(table.Find(later).has_value());
  EXPECT_TRUE(table.Find(elsewhere).has_value());
}

TEST(AttachmentTable, AJobTakesAllItsTrainersAlong) {
  AttachmentTable table;
  table.Add({.job = 3, .rank = 0});
  table.Add({.job = 3, .rank = 1});
  table.Add({.job = 4, .rank = 0});
  EXPECT_EQ(table.CountOfJob(3), 2);
  EXPECT_EQ(table.TakeJob(3).size(), 2u);
  EXPECT_EQ(table.count(), 1);
}

}  // namespace
}  // namespace zerod
