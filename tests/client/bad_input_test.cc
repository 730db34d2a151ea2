// What a user gets wrong comes back as a status that names the culprit, and disturbs nothing.
#include <cstring>
#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/training_run.h"
#include "tests/engine/job_specs.h"

namespace zerod {
namespace {

using absl::StatusCode;
using testing::AllOf;
using testing::HasSubstr;

MATCHER_P2(IsError, code, message, "") {
  return arg.code() == code &&
         ExplainMatchResult(message, std::string(arg.message()), result_listener);
}

JobSpec TwoMatrices() {
  JobSpec spec;
  spec.parameters = {{.name = "first", .shape = {8, 8}}, {.name = "second", .shape = {8, 8}}};
  return spec;
}

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

class BadCalls : public testing::Test {
 protected:
  absl::Status MarkBoth() {
    for (std::size_t i : {0, 1}) {
      std::memset(trainer_->Gradient(i).bytes.data(), 0, trainer_->Gradient(i).bytes.size());
      if (absl::Status marked = trainer_->MarkGradientReady(i); !marked.ok()) return marked;
    }
    return absl::OkStatus();
  }

  const JobSpec spec_ = TwoMatrices();
  const InitialValues initial_{spec_};
  const std::unique_ptr<Embedded> job_ = *Embedded::Create({}, spec_, initial_.views);
  const std::unique_ptr<Trainer> trainer_ = *job_->Attach(0);
};

TEST_F(BadCalls, AGradientMarkedTwice) {
  ASSERT_TRUE(trainer_->MarkGradientReady(0).ok());
  EXPECT_THAT(trainer_->MarkGradientReady(0),
              IsError(StatusCode::kFailedPrecondition, HasSubstr("'first' was marked twice")));
  EXPECT_THAT(trainer_->MarkGradientAbsent(0),
              IsError(StatusCode::kFailedPrecondition, HasSubstr("'first' was marked twice")));
  ASSERT_TRUE(trainer_->MarkGradientReady(1).ok());
  ASSERT_TRUE(trainer_->Step({}).ok());
  EXPECT_EQ(trainer_->Result()->attempt, 1u);  // nothing was disturbed
}

TEST_F(BadCalls, AStepOutOfOrder) {
  EXPECT_THAT(trainer_->Step({}),
              IsError(StatusCode::kFailedPrecondition, HasSubstr("step 1 is not open")));
  ASSERT_TRUE(MarkBoth().ok());
  EXPECT_THAT(trainer_->Step({.step = 7}), IsError(StatusCode::kFailedPrecondition,
                                                   HasSubstr("step 7 is out of order: step 1")));
  ASSERT_TRUE(trainer_->Step({.step = 1}).ok());
  EXPECT_EQ(trainer_->Result()->step, 1u);
  EXPECT_FALSE(trainer_->Step({.step = 1}).ok());
}

TEST_F(BadCalls, AStepThatIsNotComplete) {
  ASSERT_TRUE(trainer_->Open({.micro_batches = 2}).ok());
  EXPECT_THAT(trainer_->Open({}),
              IsError(StatusCode::kFailedPrecondition, HasSubstr("step 1 is open")));
  ASSERT_TRUE(trainer_->MarkGradientReady(0).ok());
  EXPECT_THAT(trainer_->Step({}), IsError(StatusCode::kFailedPrecondition, HasSubstr("'second'")));
  EXPECT_THAT(trainer_->WaitForGradientBuffers(),
              IsError(StatusCode::kFailedPrecondition, HasSubstr("'second'")));
  ASSERT_TRUE(trainer_->MarkGradientReady(1).ok());
  EXPECT_THAT(trainer_->Step({}),
              IsError(StatusCode::kFailedPrecondition, HasSubstr("only 1 of 2")));
  ASSERT_TRUE(trainer_->WaitForGradientBuffers().ok());
  ASSERT_TRUE(MarkBoth().ok());
  EXPECT_TRUE(trainer_->Step({}).ok());
  EXPECT_TRUE(trainer_->WaitForAllWeights().ok());
}

TEST_F(BadCalls, HyperparametersThatCannotBe) {
  ASSERT_TRUE(MarkBoth().ok());
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto refused = [&](const AdamWHyperparameters& bad, const char* named) {
    EXPECT_THAT(
        trainer_->Step({.hyperparameters = {bad}}),
        IsError(StatusCode::kInvalidArgument, AllOf(HasSubstr("'default'"), HasSubstr(named))));
  };
  refused({.lr = nan}, "lr");
  refused({.lr = -1}, "lr");
  refused({.beta1 = 1.0}, "beta1");
  refused({.beta2 = -0.1}, "beta2");
  refused({.eps = 0}, "eps");
  refused({.eps = 1e-60}, "eps");
  refused({.weight_decay = std::numeric_limits<double>::infinity()}, "weight_decay");
  EXPECT_THAT(
      trainer_->Step({.hyperparameters = {{}, {}}}),
      IsError(StatusCode::kInvalidArgument, HasSubstr("for 2 groups were given; the job has 1")));
  EXPECT_THAT(trainer_->Step({.max_grad_norm = nan}),
              IsError(StatusCode::kInvalidArgument, HasSubstr("max_grad_norm")));
  EXPECT_THAT(trainer_->Step({.max_grad_norm = -1}),
              IsError(StatusCode::kInvalidArgument, HasSubstr("max_grad_norm")));
  EXPECT_TRUE(trainer_->Step({}).ok());  // the attempt is still good
  EXPECT_TRUE(trainer_->WaitForAllWeights().ok());
}

TEST_F(BadCalls, OpenRequestsThatCannotBe) {
  EXPECT_THAT(trainer_->Open({.micro_batches = 0}),
              IsError(StatusCode::kInvalidArgument, HasSubstr("micro_batches")));
  EXPECT_THAT(trainer_->Open({.loss_scale = 0}),
              IsError(StatusCode::kInvalidArgument, HasSubstr("loss_scale")));
  EXPECT_THAT(trainer_->Result().status(),
              IsError(StatusCode::kFailedPrecondition, HasSubstr("no step")));
  EXPECT_TRUE(trainer_->WaitForAllWeights().ok());
}

TEST_F(BadCalls, NothingElseIsDisturbedByAnyOfIt) {
  (void)trainer_->MarkGradientReady(0);
  (void)trainer_->MarkGradientReady(0);
  (void)trainer_->Step({.step = 9});
  (void)trainer_->Step({.hyperparameters = {{.lr = -1}}});
  const RunBits expected = Train({}, spec_, {.steps = 2});
  FillGradient(0, 1, 0, 0, trainer_->Gradient(0));
  EXPECT_EQ(job_->Statistics().step, 0u);
  EXPECT_EQ(job_->Statistics().aborted_attempts, 0u);
  EXPECT_TRUE(Train({}, spec_, {.steps = 2}) == expected);
}

}  // namespace
}  // namespace zerod
