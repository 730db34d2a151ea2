// The calls that need no training: describe, list, status, negotiate, delete, tokens.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/convert.h"
#include "tests/server/daemon_fixture.h"
#include "tests/server/raw_client.h"

namespace zerod {
namespace {

using testing::HasSubstr;

absl::StatusOr<v1::JobDescription> Describe(RawClient& client, const std::string& token) {
  grpc::ClientContext context;
  v1::DescribeJobRequest request;
  request.set_job("small");
  request.set_token(token);
  request.set_with_spec(true);
  v1::JobDescription description;
  const grpc::Status status = client.jobs->DescribeJob(&context, request, &description);
  if (!status.ok()) return FromGrpcStatus(status);
  return description;
}

absl::StatusOr<v1::AttachResponse> Attach(RawClient& client, const v1::AttachRequest& request) {
  grpc::ClientContext context;
  v1::AttachResponse response;
  const grpc::Status status = client.trainers->Attach(&context, request, &response);
  if (!status.ok()) return FromGrpcStatus(status);
  return response;
}

TEST(ControlPlane, EveryDaemonDescribesAllRanks) {
  const Daemons daemons({.ranks_per_node = {1, 2}});
  RawClient first(daemons.address(0));
  ASSERT_TRUE(CreateSmallJob(first, "small").ok());
  for (int node : {0, 1}) {
    RawClient client(daemons.address(node));
    const auto description = Describe(client, "secret");
    ASSERT_TRUE(description.ok()) << description.status();
    EXPECT_EQ(description->name(), "small");
    EXPECT_NE(description->layout_hash(), 0u);
    EXPECT_EQ(description->element_count(), 6u);
    EXPECT_EQ(description->spec().parameters_size(), 2);
    EXPECT_EQ(description->placement().contributors_size(), 3);
    ASSERT_EQ(description->ranks_size(), 3);
    for (int rank = 0; rank < 3; ++rank) {
      EXPECT_EQ(description->ranks(rank).rank(), rank);
      EXPECT_EQ(description->ranks(rank).node(), rank == 0 ? 0 : 1);
      EXPECT_TRUE(description->ranks(rank).takes_trainer());
      EXPECT_EQ(description->ranks(rank).trainer(), "");
    }
  }
}

TEST(ControlPlane, JobsWantTheirToken) {
  const Daemons daemons;
  RawClient client(daemons.address(0));
  ASSERT_TRUE(CreateSmallJob(client, "small").ok());
  EXPECT_EQ(Describe(client, "guess").status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(DeleteJob(client, "small", "").code(), absl::StatusCode::kPermissionDenied);
  v1::AttachRequest attach;
  attach.set_job("small");
  EXPECT_EQ(Attach(client, attach).status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(DeleteJob(client, "other", "secret").code(), absl::StatusCode::kNotFound);
}

TEST(ControlPlane, AttachSaysWhatIsWrong) {
  const Daemons daemons({.ranks_per_node = {1, 1}});
  RawClient client(daemons.address(0));
  ASSERT_TRUE(CreateSmallJob(client, "small").ok());
  v1::AttachRequest attach;
  attach.set_job("small");
  attach.set_token("secret");
  attach.set_layout_hash(1);
  EXPECT_EQ(Attach(client, attach).status().code(), absl::StatusCode::kFailedPrecondition);
  attach.set_layout_hash(0);
  attach.set_rank(1);
  const auto elsewhere = Attach(client, attach);
  EXPECT_EQ(elsewhere.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(elsewhere.status().message()), HasSubstr("rank 1 lives on node 1"));
  attach.clear_rank();
  const auto attached = Attach(client, attach);
  ASSERT_TRUE(attached.ok()) << attached.status();
  EXPECT_EQ(attached->rank(), 0);
  EXPECT_EQ(attached->handshake_path(), daemons.folder() + "/0.attach");
  EXPECT_EQ(Attach(client, attach).status().code(), absl::StatusCode::kAlreadyExists);
}

// Nobody keeps a rank by not coming for its memory.
TEST(ControlPlane, AnUnclaimedTicketFreesTheRank) {
  const Daemons daemons({.flags = {"--ticket-lifetime", "200ms"}});
  RawClient client(daemons.address(0));
  ASSERT_TRUE(CreateSmallJob(client, "small").ok());
  const std::uint64_t held_bytes = StatusOfFirstNode(client).held_bytes();
  v1::AttachRequest attach;
  attach.set_job("small");
  attach.set_token("secret");
  ASSERT_TRUE(Attach(client, attach).ok());
  EXPECT_GT(StatusOfFirstNode(client).held_bytes(), held_bytes);
  EXPECT_TRUE(daemons.WaitForLog("event=trainer_lost job=small rank=0"));
  while (StatusOfFirstNode(client).held_bytes() > held_bytes) {
    absl::SleepFor(absl::Milliseconds(2));
  }
  EXPECT_TRUE(Attach(client, attach).ok());
}

TEST(ControlPlane, ForeignAttachmentsAreRefused) {
  const Daemons daemons;
  RawClient client(daemons.address(0));
  ASSERT_TRUE(CreateSmallJob(client, "small").ok());
  v1::StepRequest step;
  step.set_job("small");
  step.set_attachment(1);
  step.set_step(1);
  grpc::ClientContext context;
  v1::StepResponse response;
  EXPECT_EQ(client.trainers->Step(&context, step, &response).error_code(),
            grpc::StatusCode::CANCELLED);
}

TEST(ControlPlane, StatusCoversAllNodes) {
  const Daemons daemons({.ranks_per_node = {2, 1}, .flags = {"--memory-limit", "1G"}});
  RawClient client(daemons.address(1));
  grpc::ClientContext context;
  v1::GetStatusResponse status;
  ASSERT_TRUE(client.cluster->GetStatus(&context, {}, &status).ok());
  EXPECT_EQ(status.answering_node(), 1);
  ASSERT_EQ(status.nodes_size(), 2);
  for (int node : {0, 1}) {
    EXPECT_EQ(status.nodes(node).node(), node);
    EXPECT_EQ(status.nodes(node).pid(), daemons.pid(node));
    EXPECT_EQ(status.nodes(node).first_rank(), node == 0 ? 0 : 2);
    EXPECT_EQ(status.nodes(node).rank_count(), node == 0 ? 2 : 1);
    EXPECT_EQ(status.nodes(node).memory_limit_bytes(), 1u << 30);
  }
}

TEST(ControlPlane, NegotiatesOrNamesBothRanges) {
  const Daemons daemons;
  RawClient client(daemons.address(0));
  const auto negotiate = [&](std::uint32_t oldest, std::uint32_t newest) {
    grpc::ClientContext context;
    v1::NegotiateRequest request;
    request.set_oldest(oldest);
    request.set_newest(newest);
    v1::NegotiateResponse response;
    return FromGrpcStatus(client.cluster->Negotiate(&context, request, &response));
  };
  EXPECT_TRUE(negotiate(1, 9).ok());
  // Version 1 has one optimizer, and would not say which.
  EXPECT_EQ(negotiate(1, 1).code(), absl::StatusCode::kFailedPrecondition);
  const absl::Status status = negotiate(8, 9);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("8 to 9"));
}

TEST(ControlPlane, ListsJobs) {
  const Daemons daemons;
  RawClient client(daemons.address(0));
  ASSERT_TRUE(CreateSmallJob(client, "b").ok());
  ASSERT_TRUE(CreateSmallJob(client, "a").ok());
  grpc::ClientContext context;
  v1::ListJobsResponse response;
  ASSERT_TRUE(client.jobs->ListJobs(&context, {}, &response).ok());
  ASSERT_EQ(response.jobs_size(), 2);
  EXPECT_EQ(response.jobs(0).name(), "a");
  EXPECT_EQ(response.jobs(0).element_count(), 6u);
  EXPECT_TRUE(response.jobs(0).complete());
  EXPECT_GT(response.jobs(0).held_bytes(), 0u);
}

}  // namespace
}  // namespace zerod
