// Every optimizer and dtype through an embedded job: what it keeps, what it refuses, and what comes
// out after a step that can be checked by hand.
#include <cmath>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kernels/half.h"
#include "tests/client/bad_input.h"
#include "tests/client/training_run.h"

namespace zerod {
namespace {

using absl::StatusCode;
using testing::AllOf;
using testing::HasSubstr;

JobSpec SgdJob(double momentum) {
  JobSpec spec = TwoMatrices();
  spec.optimizer = Optimizer::kSgd;
  spec.groups = {{.name = "ice", .patterns = {"first"}, .frozen = true},
                 {.name = "warm", .hyperparameters = {.lr = 0.5, .momentum = momentum}}};
  return spec;
}

// One step on "second", whose gradient is 1 everywhere.
absl::Status Step(Trainer& trainer, const StepRequest& request) {
  const TensorView gradient = trainer.Gradient(1);
  std::fill_n(gradient.bf16(), gradient.element_count(), 0x3f80);
  if (absl::Status marked = trainer.MarkGradientReady(1); !marked.ok()) return marked;
  if (absl::Status stepped = trainer.Step(request); !stepped.ok()) return stepped;
  return trainer.WaitForAllWeights();
}

TEST(SgdJobs, MomentumThatTheJobDoesNotKeepIsRefused) {
  const JobSpec spec = SgdJob(0);
  const InitialValues initial(spec);
  const auto job = *Embedded::Create({}, spec, initial.views);
  const auto trainer = *job->Attach(0);
  EXPECT_THAT(
      Step(*trainer, {.hyperparameters = {{}, {.lr = 0.5, .momentum = 0.25}}}),
      IsError(StatusCode::kInvalidArgument, AllOf(HasSubstr("group 'warm': momentum is 0.25"),
                                                  HasSubstr("create the job with momentum > 0"))));
  // A frozen group's is of no account, and the attempt is as good as before.
  EXPECT_TRUE(trainer->Step({.hyperparameters = {{.momentum = 0.9}, {.lr = 0.5}}}).ok());
  EXPECT_TRUE(trainer->WaitForAllWeights().ok());
  EXPECT_EQ(job->Statistics().ranks[0].memory[MemoryKind::kM], 0u);
  EXPECT_EQ(job->Statistics().ranks[0].memory[MemoryKind::kScales], 0u);
  EXPECT_EQ(job->Statistics().ranks[0].memory[MemoryKind::kCorrection], 64u);
}

TEST(SgdJobs, MomentumMayComeAndGoWhereItIsKept) {
  const JobSpec spec = SgdJob(0.5);
  const InitialValues initial(spec);
  const auto job = *Embedded::Create({}, spec, initial.views);
  const auto trainer = *job->Attach(0);
  EXPECT_EQ(job->Statistics().ranks[0].memory[MemoryKind::kM], 64u);
  EXPECT_EQ(job->Statistics().ranks[0].memory[MemoryKind::kV], 0u);
  EXPECT_EQ(job->Statistics().ranks[0].memory[MemoryKind::kScales], 4u);
  // m is 1, then 1.5, then 1 without momentum, then 1.25.
  for (const double momentum : {0.5, 0.5, 0.0, 0.25}) {
    ASSERT_TRUE(Step(*trainer, {.hyperparameters = {{}, {.lr = 0.5, .momentum = momentum}}}).ok());
  }
  const std::vector<float> masters = *job->MasterWeights(1);
  for (std::size_t i = 0; i < masters.size(); ++i) {
    EXPECT_NEAR(masters[i], initial.values[1][i] - 0.5 * (1 + 1.5 + 1 + 1.25), 0.01);
  }
}

TEST(Optimizers, WhatAnOptimizerHasNoUseForIsRefusedByGroup) {
  JobSpec spec = TwoMatrices();
  const InitialValues initial(spec);
  const auto refusal = [&](Optimizer optimizer, const Hyperparameters& hyperparameters) {
    spec.optimizer = optimizer;
    spec.groups[0].hyperparameters = hyperparameters;
    const absl::Status status = Embedded::Create({}, spec, initial.views).status();
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument) << OptimizerName(optimizer);
    return std::string(status.message());
  };
  EXPECT_THAT(refusal(Optimizer::kLion, {.momentum = 0.9}), HasSubstr("group 'default': momentum"));
  EXPECT_THAT(refusal(Optimizer::kSgd, {.beta1 = 0.5}), HasSubstr("group 'default': beta1"));
  EXPECT_THAT(refusal(Optimizer::kAdam, {.initial_lr = 1}), HasSubstr("initial_lr"));
  EXPECT_THAT(refusal(Optimizer::kSgdW, {.nesterov = true}), HasSubstr("momentum is 0"));
  EXPECT_THAT(refusal(Optimizer{9}, {}), HasSubstr("has the optimizer 9, which does not exist"));
}

// A fp16 model from initial values of every dtype; a step of Lion moves each weight by lr.
TEST(Fp16, InitialValuesGradientsAndWeights) {
  JobSpec spec;
  spec.optimizer = Optimizer::kLion;
  spec.parameters = {{.name = "a", .shape = {4, 3}, .dtype = DType::kFp16},
                     {.name = "b", .shape = {12}, .dtype = DType::kFp16},
                     {.name = "c", .shape = {3, 4}, .dtype = DType::kFp16}};
  spec.groups[0].hyperparameters = {.lr = 0.125};
  const std::vector<float> fp32(12, 1.0f + 0x1p-13f);
  const std::vector<std::uint16_t> bf16(12, 0x3fc0);  // 1.5
  const std::vector<std::uint16_t> fp16(12, HalfOfFloat(1.25f));
  const std::vector<ConstTensorView> initial = {
      ConstTensorView::Of(fp32), ConstTensorView::OfBf16(bf16), ConstTensorView::OfFp16(fp16)};
  const auto job = *Embedded::Create({.ranks = {{}, {}}}, spec, initial);
  EXPECT_EQ(*job->MasterWeights(0), fp32);  // beyond fp16, within the 24-bit master
  EXPECT_EQ(job->Statistics().wide_master_parameters, std::vector<std::string>{"b"});
  const std::unique_ptr<Trainer> trainers[] = {*job->Attach(0), *job->Attach(1)};
  const float before[] = {fp32[0], 1.5f, 1.25f};
  for (const auto& trainer : trainers) {
    EXPECT_EQ(trainer->Weights(0).dtype, DType::kFp16);
    for (std::size_t i : {0, 1, 2}) {
      std::uint16_t* gradient = trainer->Gradient(i).fp16();
      ASSERT_EQ(trainer->Gradient(i).bf16(), nullptr);
      // 2^-24, the smallest there is.
      for (int j = 0; j < 12; ++j) gradient[j] = j < 6 ? 0x0001 : 0x8001;
      ASSERT_TRUE(trainer->MarkGradientReady(i).ok());
    }
    ASSERT_TRUE(trainer->Step({}).ok());
  }
  for (const auto& trainer : trainers) {
    ASSERT_TRUE(trainer->WaitForAllWeights().ok());
    EXPECT_NEAR(trainer->Result()->gradient_norm, std::ldexp(6.0, -24), 1e-9);
    for (std::size_t i : {0, 1, 2}) {
      const std::uint16_t* weights = trainer->Weights(i).fp16();
      for (int j = 0; j < 12; ++j) {
        const float exact = before[i] + (j < 6 ? -0.125f : 0.125f);
        EXPECT_EQ(job->MasterWeights(i)->at(j), exact);
        EXPECT_EQ(weights[j], HalfOfFloat(exact));
      }
    }
  }
}

TEST(Fp16, InitialValuesBeyondItsRangeAreNamed) {
  JobSpec spec = TwoMatrices();
  spec.parameters[1].dtype = DType::kFp16;
  InitialValues initial(spec);
  initial.values[1][7] = 65520.0f;  // rounds to infinity
  EXPECT_THAT(Embedded::Create({}, spec, initial.views).status(),
              IsError(StatusCode::kInvalidArgument,
                      AllOf(HasSubstr("'second' hold 1 that"), HasSubstr("too large for fp16"))));
}

}  // namespace
}  // namespace zerod
