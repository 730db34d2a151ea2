// What Service sends, and what it makes of the answers.
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/convert.h"
#include "tests/client/bad_input.h"
#include "tests/engine/job_specs.h"
#include "tests/proto/full_values.h"
#include "tests/service/fake_daemon.h"
#include "zerod/service.h"

namespace zerod {
namespace {

using absl::StatusCode;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class Calls : public testing::Test {
 protected:
  // To the fake daemon, whose answers a test may change afterwards, too.
  std::unique_ptr<Service> Connected() {
    auto service =
        Service::Connect({.address = daemon_.address(), .call_deadline = absl::Seconds(20)});
    EXPECT_TRUE(service.ok()) << service.status();
    return *std::move(service);
  }

  FakeDaemon daemon_;
};

TEST_F(Calls, Negotiation) {
  Connected();
  EXPECT_EQ(daemon_.negotiate_request.oldest(), 2);
  EXPECT_EQ(daemon_.negotiate_request.newest(), 2);
  EXPECT_THAT(daemon_.negotiate_request.client(), HasSubstr("libzerod"));
  daemon_.negotiated.set_version(3);
  EXPECT_THAT(Service::Connect({.address = daemon_.address()}).status(),
              IsError(StatusCode::kFailedPrecondition,
                      AllOf(HasSubstr("chose protocol 3"), HasSubstr("2 to 2"))));
}

TEST_F(Calls, StatisticsAndDelete) {
  const auto service = Connected();
  daemon_.description = ToProto(FullStatistics());
  const absl::StatusOr<JobStatistics> statistics = service->Statistics("gpt", "secret");
  ASSERT_TRUE(statistics.ok()) << statistics.status();
  EXPECT_EQ(statistics->aborted_attempts, 13);
  EXPECT_EQ(daemon_.describe_request.job(), "gpt");
  EXPECT_EQ(daemon_.describe_request.token(), "secret");
  EXPECT_TRUE(service->DeleteJob("gpt", "secret").ok());
  EXPECT_EQ(daemon_.delete_request.job(), "gpt");
  daemon_.error = {grpc::StatusCode::PERMISSION_DENIED, "another token"};
  EXPECT_EQ(service->DeleteJob("gpt", ""), absl::PermissionDeniedError("another token"));
  EXPECT_EQ(service->Statistics("gpt", "").status(), absl::PermissionDeniedError("another token"));
}

TEST_F(Calls, WhatNoMessageCanCarryIsNotEvenSent) {
  const auto service = Connected();
  const auto refused = [](const std::string& what) {
    return IsError(StatusCode::kInvalidArgument, HasSubstr(what));
  };
  const std::string bad_name = "the job name 'gpt?' is not UTF-8";
  EXPECT_THAT(service->Statistics("gpt\xff", "").status(), refused(bad_name));
  EXPECT_THAT(service->DeleteJob("gpt\xff", ""), refused(bad_name));
  EXPECT_THAT(service->Attach({.job = "gpt\xff"}).status(), refused(bad_name));
  EXPECT_THAT(service->Statistics("gpt", "\xff").status(), refused("the token is not UTF-8"));
  EXPECT_THAT(service->DeleteJob("gpt", std::string(300, 'x')), refused("300 bytes"));
  EXPECT_THAT(service->Attach({.job = "gpt", .token = "\xff"}).status(), refused("the token"));
  EXPECT_EQ(daemon_.describe_request.ByteSizeLong(), 0);
  EXPECT_EQ(daemon_.delete_request.ByteSizeLong(), 0);
  EXPECT_EQ(daemon_.attach_request.ByteSizeLong(), 0);
}

TEST_F(Calls, ADaemonThatGoesAway) {
  const auto service = Connected();
  daemon_.Stop();
  EXPECT_THAT(service->Statistics("gpt", "").status(),
              IsError(StatusCode::kUnavailable, HasSubstr(daemon_.address())));
}

TEST_F(Calls, WaitForJob) {
  const auto service = Connected();
  v1::JobSummary& job = *daemon_.jobs.add_jobs();
  job.set_name("gpt");
  const auto wait = [&](const std::string& name) {
    return service->WaitForJob(name, absl::Now() + absl::Milliseconds(50));
  };
  EXPECT_THAT(wait("gpt"), IsError(StatusCode::kDeadlineExceeded, HasSubstr("no job 'gpt'")))
      << "its initial values are still arriving";
  job.set_complete(true);
  EXPECT_TRUE(wait("gpt").ok());
  EXPECT_THAT(wait("gpt2"), IsError(StatusCode::kDeadlineExceeded, HasSubstr("'gpt2'")));
  daemon_.list_pause = absl::Milliseconds(200);
  EXPECT_TRUE(service->WaitForJob("gpt", absl::InfinitePast()).ok()) << "a slow answer is one";
}

// Attach ends where there is no daemon behind the fake one, but it must explain why it was refused.
TEST_F(Calls, AttachNamesTheDifference) {
  const auto service = Connected();
  const JobSpec expected = OddModel();
  JobSpec other = expected;
  other.parameters[9].shape = {51, 40};
  daemon_.attach_error = {grpc::StatusCode::FAILED_PRECONDITION, "another layout"};
  *daemon_.description.mutable_spec() = ToProto(other);
  EXPECT_THAT(
      service
          ->Attach({.job = "gpt", .token = "t", .rank = 3, .expected = &expected, .replace = true})
          .status(),
      IsError(StatusCode::kFailedPrecondition,
              AllOf(HasSubstr("'gpt'"), HasSubstr("'head.weight' has the shape [51, 41] here"))));
  EXPECT_EQ(daemon_.attach_request.layout_hash(), ParameterTable::Create(expected)->layout_hash());
  EXPECT_EQ(daemon_.attach_request.rank(), 3);
  EXPECT_EQ(daemon_.attach_request.token(), "t");
  EXPECT_TRUE(daemon_.attach_request.replace());
  EXPECT_TRUE(daemon_.describe_request.with_spec());
  // Refused for another reason: the same job.
  *daemon_.description.mutable_spec() = ToProto(expected);
  EXPECT_EQ(service->Attach({.job = "gpt", .expected = &expected}).status(),
            absl::FailedPreconditionError("another layout"));
}

TEST_F(Calls, AttachGivesBackWhatItCannotUse) {
  const auto service = Connected();
  daemon_.attached.set_attachment(77);
  daemon_.attached.set_rank(3);
  daemon_.attached.set_control_page_version(9);
  EXPECT_THAT(
      service->Attach({.job = "gpt"}).status(),
      IsError(StatusCode::kFailedPrecondition, AllOf(HasSubstr("job 'gpt', rank 3: "),
                                                     HasSubstr("version 9 of the control pages"))));
  daemon_.attached.set_control_page_version(1);
  EXPECT_FALSE(service->Attach({.job = "gpt"}).ok());  // no ticket
  EXPECT_THAT(daemon_.detached, ElementsAre(77, 77));
}

}  // namespace
}  // namespace zerod
