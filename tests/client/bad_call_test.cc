// What a trainer gets wrong comes back as a status that names the culprit, and disturbs nothing.
#include <cstring>
#include <limits>

#include "gtest/gtest.h"
#include "tests/client/bad_input.h"
#include "tests/client/training_run.h"

namespace zerod {
namespace {

using absl::StatusCode;
using testing::AllOf;
using testing::HasSubstr;

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

TEST_F(BadCalls, ParametersThatDoNotExist) {
  const auto named =
      IsError(StatusCode::kInvalidArgument, HasSubstr("no parameter 99; the job has 2"));
  EXPECT_THAT(trainer_->MarkGradientReady(99), named);
  EXPECT_THAT(trainer_->MarkGradientAbsent(99), named);
  EXPECT_THAT(trainer_->WaitForWeights(99), named);
  EXPECT_THAT(job_->MasterWeights(99).status(), named);
}

TEST_F(BadCalls, AViewOfAnotherDTypeIsNull) {
  EXPECT_NE(trainer_->Gradient(0).bf16(), nullptr);
  EXPECT_EQ(trainer_->Gradient(0).fp32(), nullptr);
  EXPECT_EQ(trainer_->Weights(0).fp32(), nullptr);
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
  const auto refused = [&](const Hyperparameters& bad, const char* named) {
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

TEST_F(BadCalls, NothingIsDisturbedByAnyOfIt) {
  const RunBits expected = Train({}, spec_, {.steps = 2});
  FillGradient(0, 1, 0, 0, trainer_->Gradient(0));
  FillGradient(1, 1, 0, 0, trainer_->Gradient(1));
  EXPECT_FALSE(trainer_->Step({}).ok());
  EXPECT_TRUE(trainer_->MarkGradientReady(0).ok());
  EXPECT_FALSE(trainer_->MarkGradientReady(0).ok());
  EXPECT_FALSE(trainer_->Open({}).ok());
  EXPECT_FALSE(trainer_->Step({.step = 9}).ok());
  EXPECT_TRUE(trainer_->MarkGradientReady(1).ok());
  EXPECT_FALSE(trainer_->Step({.hyperparameters = {{.lr = -1}}}).ok());
  ASSERT_TRUE(trainer_->Step({.max_grad_norm = 1.0}).ok());
  ASSERT_TRUE(RunTrainer(*trainer_, 0, 2, {.steps = 1}, nullptr).ok());
  EXPECT_EQ(*job_->MasterWeights(0), expected.masters[0]);
  EXPECT_EQ(*job_->MasterWeights(1), expected.masters[1]);
  EXPECT_EQ(job_->Statistics().aborted_attempts, 0u);
}

TEST(BadFrozenCalls, ARefusedMarkOpensNothing) {
  JobSpec spec = TwoMatrices();
  spec.groups = {{.name = "ice", .patterns = {"first"}, .frozen = true}, {}};
  const InitialValues initial(spec);
  const auto job = *Embedded::Create({}, spec, initial.views);
  const auto trainer = *job->Attach(0);
  EXPECT_THAT(trainer->MarkGradientReady(0),
              IsError(StatusCode::kFailedPrecondition, HasSubstr("'first' is frozen")));
  EXPECT_TRUE(trainer->Open({.micro_batches = 2}).ok());
}

TEST_F(BadCalls, LossScalesThatDoNotFitFp32AreNamed) {
  for (double loss_scale : {1e300, 1e-310}) {
    ASSERT_TRUE(trainer_->Open({.loss_scale = loss_scale}).ok());
    absl::Status seen;
    while (seen.ok()) seen = trainer_->WaitForGradientBuffers();  // until the ranks have compared
    EXPECT_THAT(seen, IsError(StatusCode::kAborted, HasSubstr("loss_scale is")));
  }
}

}  // namespace
}  // namespace zerod
