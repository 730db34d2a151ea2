// What a daemon makes of CreateJob streams, good and bad.
#include <csignal>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/convert.h"
#include "tests/server/daemon_fixture.h"
#include "tests/server/raw_client.h"

namespace zerod {
namespace {

using testing::HasSubstr;

TEST(CreateJob, NamesWhatIsWrongAndLeavesNothingBehind) {
  const Daemons daemons;
  RawClient client(daemons.address(0));
  const auto refusal = [&](const std::vector<v1::CreateJobRequest>& messages) {
    const absl::Status status = CreateJob(client, messages);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
    return std::string(status.message());
  };
  const v1::CreateJobRequest header = SmallJobHeader("small");
  EXPECT_THAT(refusal({}), HasSubstr("header"));
  EXPECT_THAT(refusal({ValuesOf(0, 0, 4)}), HasSubstr("header"));
  EXPECT_THAT(refusal({header, header}), HasSubstr("must hold initial values"));
  EXPECT_THAT(refusal({header}), HasSubstr("'a' end after 0 of 4"));
  EXPECT_THAT(refusal({header, ValuesOf(0, 0, 4)}), HasSubstr("'b' end after 0 of 2"));
  EXPECT_THAT(refusal({header, ValuesOf(0, 1, 3)}), HasSubstr("parameter 'a'"));
  EXPECT_THAT(refusal({header, ValuesOf(0, 0, 5)}), HasSubstr("parameter 'a'"));
  EXPECT_THAT(refusal({header, ValuesOf(0, 0, 4), ValuesOf(0, 0, 4)}), HasSubstr("'b' was next"));
  EXPECT_THAT(refusal({header, ValuesOf(7, 0, 4)}), HasSubstr("parameter 7"));
  EXPECT_THAT(refusal({header, ValuesOf(0, 0, 4, 1.0f / 0.0f)}), HasSubstr("parameter 'a'"));
  EXPECT_THAT(refusal({SmallJobHeader(std::string(1 << 20, 'x'))}), HasSubstr("1048576 bytes"));
  v1::CreateJobRequest crowded = header;
  for (int i = 0; i < 2; ++i) crowded.mutable_header()->mutable_placement()->add_shard_weights(1);
  EXPECT_THAT(refusal({crowded}), HasSubstr("shard_weights"));
  const v1::NodeStatus status = StatusOfFirstNode(client);
  EXPECT_EQ(status.jobs(), 0u);
  EXPECT_EQ(status.held_bytes(), 0u);
}

TEST(CreateJob, NamesMustDiffer) {
  const Daemons daemons;
  RawClient client(daemons.address(0));
  EXPECT_TRUE(CreateSmallJob(client, "small").ok());
  const absl::Status again = CreateSmallJob(client, "small");
  EXPECT_EQ(again.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(std::string(again.message()), HasSubstr("'small'"));
  EXPECT_TRUE(DeleteJob(client, "small", "secret").ok());
  EXPECT_TRUE(CreateSmallJob(client, "small").ok());
}

// The first node wakes up to a job that the other has given up meanwhile.
TEST(CreateJob, WhatIsPreparedTooLateIsDropped) {
  const Daemons daemons({.ranks_per_node = {1, 1}, .flags = {"--peer-deadline", "300ms"}});
  RawClient client(daemons.address(1));
  kill(daemons.pid(0), SIGSTOP);
  const absl::Status late = CreateSmallJob(client, "small");
  kill(daemons.pid(0), SIGCONT);
  EXPECT_EQ(late.code(), absl::StatusCode::kDeadlineExceeded) << late;
  EXPECT_THAT(std::string(late.message()), HasSubstr("node 0 did not answer 'prepare'"));
  absl::Status again = late;
  const absl::Time end = absl::Now() + absl::Seconds(30);
  while (!again.ok() && absl::Now() < end) again = CreateSmallJob(client, "small");
  EXPECT_TRUE(again.ok()) << again;
}

// Ten thousand wishes are answered, one by one; those that fit come true.
TEST(CreateJob, TenThousandWishesAreAnswered) {
  const Daemons daemons({.flags = {"--max-jobs", "8"}});
  RawClient client(daemons.address(0));
  int refused_count = 0;
  for (int i = 0; i < 10000; ++i) {
    const absl::Status status = CreateSmallJob(client, absl::StrCat("job", i));
    if (status.ok()) continue;
    ASSERT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("--max-jobs is 8"));
    ++refused_count;
  }
  EXPECT_EQ(refused_count, 10000 - 8);
  EXPECT_EQ(StatusOfFirstNode(client).jobs(), 8u);
}

TEST(CreateJob, MemoryIsLimitedOverAllJobsAndComesBack) {
  const Daemons daemons({.flags = {"--memory-limit", "64M"}});
  RawClient client(daemons.address(0));
  v1::CreateJobRequest large = SmallJobHeader("large");
  large.mutable_header()->mutable_spec()->mutable_parameters(0)->set_shape(0, 16 << 20);
  const absl::Status status = CreateJob(client, {large});
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("rank 0"));
  EXPECT_EQ(StatusOfFirstNode(client).held_bytes(), 0u);
  EXPECT_TRUE(CreateSmallJob(client, "small").ok());
  EXPECT_GT(StatusOfFirstNode(client).held_bytes(), 0u);
  EXPECT_TRUE(DeleteJob(client, "small", "secret").ok());
  EXPECT_EQ(StatusOfFirstNode(client).held_bytes(), 0u);
}

TEST(CreateJob, AnIdleStreamIsEndedByName) {
  const Daemons daemons({.flags = {"--create-deadline", "200ms"}});
  RawClient client(daemons.address(0));
  grpc::ClientContext context;
  v1::CreateJobResponse response;
  const auto writer = client.jobs->CreateJob(&context, &response);
  writer->Write(SmallJobHeader("slow"));
  const absl::Status status = FromGrpcStatus(writer->Finish());  // the end is never said
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("--create-deadline"));
  EXPECT_TRUE(daemons.WaitForLog("event=job_creation_failed job=slow"));
  EXPECT_TRUE(CreateSmallJob(client, "slow").ok());  // its name is free again
}

// A client that goes away on the way, on a cluster: the job vanishes from all nodes.
TEST(CreateJob, ACancelledStreamLeavesNothingBehind) {
  const Daemons daemons({.ranks_per_node = {1, 1}});
  for (int node : {0, 1}) {
    RawClient client(daemons.address(node));
    grpc::ClientContext context;
    v1::CreateJobResponse response;
    const auto writer = client.jobs->CreateJob(&context, &response);
    writer->Write(SmallJobHeader("small"));
    writer->Write(ValuesOf(0, 0, 4));
    while (StatusOfFirstNode(client).jobs() == 0) absl::SleepFor(absl::Milliseconds(2));
    context.TryCancel();
    EXPECT_EQ(writer->Finish().error_code(), grpc::StatusCode::CANCELLED);
    while (StatusOfFirstNode(client).jobs() != 0) absl::SleepFor(absl::Milliseconds(2));
    EXPECT_TRUE(CreateSmallJob(client, "small").ok());
    EXPECT_TRUE(DeleteJob(client, "small", "secret").ok());
  }
}

}  // namespace
}  // namespace zerod
