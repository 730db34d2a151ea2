// Jobs that cannot be come back as a status that names the culprit.
#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/bad_input.h"
#include "tests/client/training_run.h"

namespace zerod {
namespace {

using absl::StatusCode;
using testing::AllOf;
using testing::HasSubstr;

absl::Status CreateError(const EmbeddedOptions& options, const JobSpec& spec) {
  const InitialValues initial(spec);
  return Embedded::Create(options, spec, initial.views).status();
}

TEST(BadInput, WorldsThatCannotBe) {
  const JobSpec spec = TwoMatrices();
  EXPECT_THAT(CreateError({.ranks = {}}, spec),
              IsError(StatusCode::kInvalidArgument, HasSubstr("no ranks")));
  EXPECT_THAT(CreateError({.ranks = {{.shard_weight = 0}}}, spec),
              IsError(StatusCode::kInvalidArgument, HasSubstr("shard weight 0")));
  EXPECT_THAT(CreateError({.ranks = {{.trainer = false}}}, spec),
              IsError(StatusCode::kInvalidArgument, HasSubstr("no rank has a trainer")));
  EXPECT_THAT(CreateError({.step_deadline = absl::ZeroDuration()}, spec),
              IsError(StatusCode::kInvalidArgument, HasSubstr("step_deadline")));
  for (int threads : {-1, 0, 1025}) {
    EXPECT_THAT(CreateError({.threads_per_rank = threads}, spec),
                IsError(StatusCode::kInvalidArgument, HasSubstr("it must be from 1 to 1024")));
  }
}

TEST(BadInput, DuplicateNames) {
  JobSpec spec = TwoMatrices();
  spec.parameters[1].name = "first";
  EXPECT_THAT(CreateError({}, spec),
              IsError(StatusCode::kInvalidArgument, HasSubstr("two parameters are named 'first'")));
}

TEST(BadInput, InitialValuesThatDoNotFit) {
  const JobSpec spec = TwoMatrices();
  InitialValues initial(spec);
  initial.views.pop_back();
  EXPECT_THAT(Embedded::Create({}, spec, initial.views).status(),
              IsError(StatusCode::kInvalidArgument, HasSubstr("initial values for 1 parameters")));
  const std::vector<float> short_values(63);
  initial.views.push_back(ConstTensorView::Of(short_values));
  EXPECT_THAT(
      Embedded::Create({}, spec, initial.views).status(),
      IsError(StatusCode::kInvalidArgument, AllOf(HasSubstr("'second'"), HasSubstr("252 bytes"),
                                                  HasSubstr("64 elements take 256 as fp32"))));
  const std::vector<float> bf16_sized(32);
  initial.views[1] = {DType::kBf16, std::as_bytes(std::span(bf16_sized))};
  EXPECT_TRUE(Embedded::Create({}, spec, initial.views).ok());  // 64 bf16 values: fits
  initial.views[1].dtype = DType{9};
  EXPECT_THAT(
      Embedded::Create({}, spec, initial.views).status(),
      IsError(StatusCode::kInvalidArgument, AllOf(HasSubstr("'second'"), HasSubstr("dtype"))));
}

TEST(BadInput, InitialValuesThatAreNotFinite) {
  const JobSpec spec = TwoMatrices();
  for (float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                    std::numeric_limits<float>::max()}) {
    InitialValues initial(spec);
    initial.values[1][5] = bad;
    EXPECT_THAT(Embedded::Create({}, spec, initial.views).status(),
                IsError(StatusCode::kInvalidArgument, HasSubstr("'second' hold 1 that")));
  }
}

TEST(BadInput, MoreMemoryThanThereIs) {
  JobSpec spec = TwoMatrices();
  EXPECT_THAT(CreateError({.ranks = {{}, {}}, .memory_limit_bytes = 1000}, spec),
              IsError(StatusCode::kResourceExhausted,
                      AllOf(HasSubstr("rank 1"), HasSubstr("the limit of 1000 bytes"))));
  // Nothing is read before it is known to fit, so the views may be smaller than memory.
  spec.parameters[0].shape = {std::int64_t{1} << 40};
  const std::vector<float> small(64);
  const std::vector<ConstTensorView> views = {
      {DType::kBf16,
       std::span(reinterpret_cast<const std::byte*>(small.data()), std::size_t{1} << 41)},
      ConstTensorView::Of(small)};
  EXPECT_THAT(
      Embedded::Create({}, spec, views).status(),
      IsError(StatusCode::kResourceExhausted, AllOf(HasSubstr("rank 0"), HasSubstr("GiB"))));
}

TEST(BadInput, Attachments) {
  const JobSpec spec = TwoMatrices();
  const InitialValues initial(spec);
  const auto job = *Embedded::Create({.ranks = {{}, {.trainer = false}}}, spec, initial.views);
  const auto trainer = *job->Attach(0);
  EXPECT_THAT(job->Attach(0).status(), IsError(StatusCode::kAlreadyExists, HasSubstr("rank 0")));
  EXPECT_THAT(job->Attach(1).status(), IsError(StatusCode::kInvalidArgument, HasSubstr("rank 1")));
  EXPECT_THAT(job->Attach(7).status(), IsError(StatusCode::kInvalidArgument, HasSubstr("rank 7")));
  EXPECT_THAT(job->Attach(-1).status(),
              IsError(StatusCode::kInvalidArgument, HasSubstr("rank -1")));
  EXPECT_THAT(trainer->FindParameter("third").status(),
              IsError(StatusCode::kNotFound, HasSubstr("'third'")));
  EXPECT_THAT(job->MasterWeights(2).status(),
              IsError(StatusCode::kInvalidArgument, HasSubstr("parameter 2")));
}

}  // namespace
}  // namespace zerod
