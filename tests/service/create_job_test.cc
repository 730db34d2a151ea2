// The stream that creates a job.
#include <numeric>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/convert.h"
#include "proto/limits.h"
#include "tests/client/bad_input.h"
#include "tests/service/fake_daemon.h"
#include "zerod/service.h"

namespace zerod {
namespace {

using absl::StatusCode;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class CreateJob : public testing::Test {
 protected:
  CreateJob() {
    spec_.name = "gpt";
    spec_.parameters = {{.name = "large", .shape = {700, 1000}},
                        {.name = "empty", .shape = {0}},
                        {.name = "small", .shape = {3}}};
    large_.resize(700 * 1000);
    std::iota(large_.begin(), large_.end(), 0.0f);
    values_ = {ConstTensorView::Of(large_), ConstTensorView::Of({}),
               ConstTensorView::OfBf16(small_)};
    daemon_.layout_hash = ParameterTable::Create(spec_)->layout_hash();
    service_ = *Service::Connect({.address = daemon_.address()});
  }

  absl::Status Create() { return service_->CreateJob(spec_, placement_, "secret", values_); }

  FakeDaemon daemon_;
  JobSpec spec_;
  JobPlacement placement_{.shard_weights = {1, 0}, .contributors = {1}};
  std::vector<float> large_;
  std::vector<std::uint16_t> small_ = {1, 2, 3};
  std::vector<ConstTensorView> values_;
  std::unique_ptr<Service> service_;
};

TEST_F(CreateJob, SendsAHeaderAndAllValuesInOrder) {
  ASSERT_EQ(Create(), absl::OkStatus());
  ASSERT_EQ(daemon_.created.size(), 1 + 3 + 1);  // 2.8 MB take three chunks
  const v1::CreateJobHeader& header = daemon_.created[0].header();
  EXPECT_EQ(header.spec().SerializeAsString(), ToProto(spec_).SerializeAsString());
  EXPECT_THAT(header.placement().shard_weights(), ElementsAre(1, 0));
  EXPECT_THAT(header.placement().contributors(), ElementsAre(1));
  EXPECT_EQ(header.token(), "secret");
  std::string large;
  for (int i = 1; i <= 3; ++i) {
    const v1::InitialValues& values = daemon_.created[i].values();
    EXPECT_EQ(values.parameter(), 0);
    EXPECT_EQ(values.dtype(), v1::DTYPE_FP32);
    EXPECT_EQ(values.first() * sizeof(float), large.size());
    EXPECT_LE(values.values().size(), kValueChunkBytes);
    large += values.values();
  }
  EXPECT_EQ(large, std::string(reinterpret_cast<const char*>(large_.data()), large_.size() * 4));
  EXPECT_EQ(daemon_.created[4].values().parameter(), 2);
  EXPECT_EQ(daemon_.created[4].values().dtype(), v1::DTYPE_BF16);
  EXPECT_EQ(daemon_.created[4].values().values().size(), 6);
}

TEST_F(CreateJob, WhatCannotBeIsNotEvenSent) {
  values_.pop_back();
  EXPECT_THAT(Create(), IsError(StatusCode::kInvalidArgument, HasSubstr("for 2 parameters")));
  spec_.parameters[2].name = "large";
  EXPECT_THAT(Create(), IsError(StatusCode::kInvalidArgument, HasSubstr("named 'large'")));
  spec_.parameters[2].name = "\xff";
  EXPECT_THAT(Create(), IsError(StatusCode::kInvalidArgument, HasSubstr("UTF-8")));
  EXPECT_THAT(service_->CreateJob(spec_, {}, std::string(300, 'x'), values_),
              IsError(StatusCode::kInvalidArgument, HasSubstr("token has 300 bytes")));
  EXPECT_TRUE(daemon_.created.empty());
}

TEST_F(CreateJob, ARefusalInBetweenIsReported) {
  daemon_.create_limit = 1;
  daemon_.create_error = {grpc::StatusCode::ALREADY_EXISTS, "there is a job 'gpt'"};
  EXPECT_EQ(Create(), absl::AlreadyExistsError("there is a job 'gpt'"));
}

TEST_F(CreateJob, AnotherLayout) {
  daemon_.layout_hash ^= 1;
  EXPECT_THAT(Create(), IsError(StatusCode::kInternal, AllOf(HasSubstr("'gpt'"), HasSubstr("hash"),
                                                             HasSubstr("was deleted again"))));
  EXPECT_EQ(daemon_.delete_request.job(), "gpt");
  EXPECT_EQ(daemon_.delete_request.token(), "secret");
  daemon_.delete_error = {grpc::StatusCode::UNAVAILABLE, "no time"};
  EXPECT_THAT(Create(), IsError(StatusCode::kInternal,
                                AllOf(HasSubstr("The job is still there"), HasSubstr("no time"))));
}

TEST_F(CreateJob, ADaemonThatGoesAway) {
  daemon_.Stop();
  EXPECT_THAT(Create(), IsError(StatusCode::kUnavailable, HasSubstr(daemon_.address())));
}

}  // namespace
}  // namespace zerod
