#include "server/job_registry.h"

#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace zerod {
namespace {

using testing::HasSubstr;

std::shared_ptr<ServedJob> MakeJob(std::uint64_t number, const std::string& name) {
  auto job = std::make_shared<ServedJob>();
  job->number = number;
  job->name = name;
  job->token = "secret";
  return job;
}

std::uint64_t Reserved(JobRegistry& jobs, const std::string& name) {
  const std::uint64_t number = jobs.NewNumber(0, 1);
  EXPECT_TRUE(jobs.Reserve(name, number).ok());
  return number;
}

std::uint64_t Started(JobRegistry& jobs, const std::string& name) {
  const std::uint64_t number = Reserved(jobs, name);
  EXPECT_TRUE(jobs.BeginLoading(MakeJob(number, name)).ok());
  EXPECT_TRUE(jobs.MarkStarted(number).ok());
  return number;
}

TEST(JobRegistry, AJobIsFoundOnceItHasStarted) {
  JobRegistry jobs(2);
  const std::uint64_t number = Reserved(jobs, "gpt");
  EXPECT_EQ(jobs.Find("gpt").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(jobs.FindLoading(number).status().code(), absl::StatusCode::kNotFound);
  ASSERT_TRUE(jobs.BeginLoading(MakeJob(number, "gpt")).ok());
  EXPECT_TRUE(jobs.FindLoading(number).ok());
  EXPECT_THAT(std::string(jobs.Find("gpt").status().message()), HasSubstr("still being created"));
  EXPECT_EQ(jobs.FindStarted(number), nullptr);
  ASSERT_TRUE(jobs.MarkStarted(number).ok());
  EXPECT_EQ((*jobs.Find("gpt"))->number, number);
  EXPECT_NE(jobs.FindStarted(number), nullptr);
  EXPECT_FALSE(jobs.FindLoading(number).ok());
}

TEST(JobRegistry, WantsTheToken) {
  JobRegistry jobs(2);
  Started(jobs, "gpt");
  EXPECT_TRUE(jobs.Find("gpt", "secret").ok());
  for (const char* token : {"", "secre", "secret ", "Secret"}) {
    EXPECT_EQ(jobs.Find("gpt", token).status().code(), absl::StatusCode::kPermissionDenied);
  }
}

TEST(JobRegistry, NamesAreUnique) {
  JobRegistry jobs(3);
  const std::uint64_t number = Reserved(jobs, "gpt");
  EXPECT_EQ(jobs.Reserve("gpt", jobs.NewNumber(0, 1)).code(), absl::StatusCode::kAlreadyExists);
  jobs.Take(number);
  EXPECT_TRUE(jobs.Reserve("gpt", jobs.NewNumber(0, 1)).ok());
}

TEST(JobRegistry, NoTwoNodesGiveOutTheSameNumber) {
  std::set<std::uint64_t> numbers;
  for (int node = 0; node < 3; ++node) {
    JobRegistry jobs(3);
    for (int i = 0; i < 10; ++i) numbers.insert(jobs.NewNumber(node, 3));
  }
  EXPECT_EQ(numbers.size(), 30u);
  JobRegistry jobs(3);
  EXPECT_TRUE(jobs.Reserve("gpt", 7).ok());
  EXPECT_EQ(jobs.Reserve("bert", 7).code(), absl::StatusCode::kInternal);
}

TEST(JobRegistry, NamesTheFlagThatLimitsJobs) {
  JobRegistry jobs(2);
  Started(jobs, "a");
  Reserved(jobs, "b");
  const absl::Status third = jobs.Reserve("c", 7);
  EXPECT_EQ(third.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(third.message()), HasSubstr("--max-jobs is 2"));
}

// A creation that breaks off while a slow node still prepares.
TEST(JobRegistry, WhatWasDroppedDoesNotComeBack) {
  JobRegistry jobs(2);
  const std::uint64_t number = Reserved(jobs, "gpt");
  EXPECT_EQ(jobs.Take(number).job, nullptr);
  EXPECT_EQ(jobs.BeginLoading(MakeJob(number, "gpt")).code(), absl::StatusCode::kAborted);
  EXPECT_EQ(jobs.MarkStarted(number).code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(jobs.count(), 0);
}

TEST(JobRegistry, CloseTakesAllOut) {
  JobRegistry jobs(3);
  Started(jobs, "b");
  Started(jobs, "a");
  Reserved(jobs, "c");
  ASSERT_EQ(jobs.List().size(), 2u);
  EXPECT_EQ(jobs.List()[0].job->name, "a");
  EXPECT_EQ(jobs.Close().size(), 2u);
  EXPECT_EQ(jobs.count(), 0);
  EXPECT_EQ(jobs.Reserve("d", 7).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(jobs.Find("a").status().code(), absl::StatusCode::kUnavailable);
}

TEST(ShortName, CutsAndEscapes) {
  EXPECT_EQ(ShortName("gpt"), "gpt");
  EXPECT_EQ(ShortName("a\nb"), "a\\nb");
  EXPECT_EQ(ShortName(std::string(1 << 20, 'x')), std::string(64, 'x') + "...");
}

}  // namespace
}  // namespace zerod
