#include "zerod/embedded.h"

#include <bit>
#include <cmath>
#include <limits>

#include "gtest/gtest.h"
#include "tests/client/training_run.h"
#include "tests/engine/job_specs.h"

namespace zerod {
namespace {

JobSpec OneMatrix(StateCodec codec = StateCodec::kFp32) {
  JobSpec spec;
  spec.parameters = {{.name = "w", .shape = {4, 8}}};
  spec.groups[0].master = MasterFormat::k32;
  spec.groups[0].hyperparameters = {.lr = 0.1, .weight_decay = 0.01};
  spec.codec = codec;
  return spec;
}

std::uint16_t Bf16(float value) {
  return static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(value) >> 16);
}

void FillBf16(TensorView view, float value) {
  for (std::size_t i = 0; i < view.element_count(); ++i) view.bf16()[i] = Bf16(value);
}

TEST(Embedded, InitialValuesFillWeightsAndMasters) {
  const JobSpec spec = OddModel();
  const InitialValues initial(spec);
  const auto job = *Embedded::Create({.ranks = {{}, {.trainer = false}}}, spec, initial.views);
  const auto trainer = *job->Attach(0);
  const std::size_t norm = *trainer->FindParameter("block.norm.weight");
  EXPECT_EQ(*job->MasterWeights(norm), initial.values[norm]);  // 32-bit master: lossless
  const std::size_t router = *trainer->FindParameter("router.weight");
  EXPECT_EQ(trainer->Weights(router).fp32()[7], initial.values[router][7]);
  const std::size_t head = *trainer->FindParameter("head.weight");
  const std::vector<float> masters = *job->MasterWeights(head);
  for (std::size_t i = 0; i < masters.size(); ++i) {
    EXPECT_NEAR(masters[i], initial.values[head][i], std::abs(initial.values[head][i]) * 0x1p-16);
    EXPECT_NEAR(std::bit_cast<float>(std::uint32_t{trainer->Weights(head).bf16()[i]} << 16),
                masters[i], std::abs(masters[i]) * 0x1p-8);
  }
}

TEST(Embedded, Bf16InitialValuesAreTakenAsTheyAre) {
  const JobSpec spec = OneMatrix();
  const std::vector<std::uint16_t> values(32, Bf16(0.75f));
  const std::vector<ConstTensorView> views = {ConstTensorView::OfBf16(values)};
  const auto job = *Embedded::Create({}, spec, views);
  EXPECT_EQ(*job->MasterWeights(0), std::vector<float>(32, 0.75f));
}

TEST(Embedded, OneStepIsAdamW) {
  const JobSpec spec = OneMatrix();
  const std::vector<float> ones(32, 1.0f);
  const std::vector<ConstTensorView> views = {ConstTensorView::Of(ones)};
  const auto job = *Embedded::Create({}, spec, views);
  const auto trainer = *job->Attach(0);
  FillBf16(trainer->Gradient(0), 0.5f);
  ASSERT_TRUE(trainer->MarkGradientReady(0).ok());
  ASSERT_TRUE(trainer->Step({}).ok());
  const StepResult result = *trainer->Result();
  EXPECT_EQ(result.step, 1u);
  EXPECT_EQ(result.attempt, 1u);
  EXPECT_NEAR(result.gradient_norm, 0.5 * std::sqrt(32.0), 1e-6);
  ASSERT_TRUE(trainer->WaitForAllWeights().ok());
  // The first Adam update is lr * sign(g), whatever the gradient's size.
  EXPECT_NEAR((*job->MasterWeights(0))[5], 1.0 * (1 - 0.1 * 0.01) - 0.1, 1e-6);
}

TEST(Embedded, ContributionsAreAveraged) {
  const JobSpec spec = OneMatrix();
  const InitialValues initial(spec);
  const auto job = *Embedded::Create({.ranks = {{}, {}}}, spec, initial.views);
  const auto first = *job->Attach(0);
  const auto second = *job->Attach(1);
  FillBf16(first->Gradient(0), 1.0f);
  FillBf16(second->Gradient(0), 3.0f);
  for (Trainer* trainer : {first.get(), second.get()}) {
    ASSERT_TRUE(trainer->Open({.loss_scale = 2.0}).ok());
    ASSERT_TRUE(trainer->MarkGradientReady(0).ok());
    ASSERT_TRUE(trainer->Step({}).ok());
  }
  EXPECT_NEAR(first->Result()->gradient_norm, 1.0 * std::sqrt(32.0), 1e-6);
  ASSERT_TRUE(second->WaitForAllWeights().ok());
}

TEST(Embedded, MicroBatchesAccumulateInFp32) {
  const JobSpec spec = OneMatrix();
  const InitialValues initial(spec);
  const auto job = *Embedded::Create({}, spec, initial.views);
  const auto trainer = *job->Attach(0);
  ASSERT_TRUE(trainer->Open({.micro_batches = 3}).ok());
  // 256 + 1 + 1 would be 256 in bf16 sums.
  for (float value : {256.0f, 1.0f, 1.0f}) {
    ASSERT_TRUE(trainer->WaitForGradientBuffers().ok());
    FillBf16(trainer->Gradient(0), value);
    ASSERT_TRUE(trainer->MarkGradientReady(0).ok());
  }
  ASSERT_TRUE(trainer->Step({}).ok());
  EXPECT_NEAR(trainer->Result()->gradient_norm, 86.0 * std::sqrt(32.0), 1e-4);
}

// One step of a lone trainer with the gradients of `gradient_step`.
StepResult LoneStep(Trainer& trainer, std::uint64_t gradient_step, bool poisoned = false) {
  for (std::size_t i = 0; i < trainer.parameters().size(); ++i) {
    if (trainer.parameters()[i].name == "frozen.weight") continue;
    FillGradient(i, gradient_step, 0, 0, trainer.Gradient(i));
    if (poisoned && i == 9) trainer.Gradient(i).bf16()[77] = 0x7f80;  // infinity
    EXPECT_TRUE(trainer.MarkGradientReady(i).ok());
  }
  EXPECT_TRUE(trainer.Step({.max_grad_norm = 1.0}).ok());
  EXPECT_TRUE(trainer.WaitForAllWeights().ok());
  return *trainer.Result();
}

TEST(Embedded, ANonFiniteGradientSkipsTheStepAsAWhole) {
  JobSpec spec = OddModel();
  spec.codec = StateCodec::kFp32;  // no hashed bits: the step's number leaves no trace
  const InitialValues initial(spec);
  const auto clean_job = *Embedded::Create({}, spec, initial.views);
  const auto clean = *clean_job->Attach(0);
  LoneStep(*clean, 1);
  LoneStep(*clean, 3);

  const auto job = *Embedded::Create({}, spec, initial.views);
  const auto trainer = *job->Attach(0);
  EXPECT_EQ(LoneStep(*trainer, 1).outcome, StepOutcome::kUpdated);
  const StepResult skipped = LoneStep(*trainer, 2, /*poisoned=*/true);
  EXPECT_EQ(skipped.outcome, StepOutcome::kSkipped);
  EXPECT_EQ(skipped.step, 2u);
  EXPECT_EQ(LoneStep(*trainer, 3).step, 3u);
  EXPECT_EQ(job->Statistics().skipped_steps, 1u);
  // Neither weights nor moments nor bias correction know of it.
  for (std::size_t i = 0; i < spec.parameters.size(); ++i) {
    EXPECT_EQ(*job->MasterWeights(i), *clean_job->MasterWeights(i)) << spec.parameters[i].name;
  }
}

TEST(Embedded, GroupsUseTheirOwnHyperparameters) {
  JobSpec spec;
  spec.parameters = {{.name = "slow", .shape = {32}}, {.name = "fast", .shape = {32}}};
  spec.groups = {{.name = "slow", .patterns = {"slow"}, .hyperparameters = {.lr = 0.01}},
                 {.name = "fast", .hyperparameters = {.lr = 0.1}}};
  spec.codec = StateCodec::kFp32;
  const std::vector<float> zeros(32);
  const std::vector<ConstTensorView> views(2, ConstTensorView::Of(zeros));
  const auto job = *Embedded::Create({}, spec, views);
  const auto trainer = *job->Attach(0);
  for (std::size_t i : {0, 1}) {
    FillBf16(trainer->Gradient(i), 1.0f);
    ASSERT_TRUE(trainer->MarkGradientReady(i).ok());
  }
  // This step overrides the rates.
  ASSERT_TRUE(trainer->Step({.hyperparameters = {{.lr = 0.02}, {.lr = 0.5}}}).ok());
  ASSERT_TRUE(trainer->WaitForAllWeights().ok());
  EXPECT_NEAR((*job->MasterWeights(0))[0], -0.02, 1e-6);
  EXPECT_NEAR((*job->MasterWeights(1))[0], -0.5, 1e-6);
}

}  // namespace
}  // namespace zerod
