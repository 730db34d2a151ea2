// Parameters without a gradient: absent in a step, or frozen for good.
#include <algorithm>
#include <optional>

#include "gtest/gtest.h"
#include "kernels/update.h"
#include "tests/client/training_run.h"
#include "tests/engine/job_specs.h"

namespace zerod {
namespace {

TEST(Absent, AbsentParametersCountAsZeroOrAreSkipped) {
  const JobSpec spec = OddModel();
  const std::size_t expert = 8;  // AbsentPolicy::kSkip
  const std::size_t head = 9;    // AbsentPolicy::kZeroGradient
  RunOptions run{.steps = 4};
  const RunBits present = Train({.ranks = {{}, {}}}, spec, run);

  // Absent on one trainer only: exactly as if that trainer had handed over zeros.
  run.adjust = [&](std::size_t parameter, std::uint64_t step, int contributor, TensorView) {
    return !(step == 4 && contributor == 1 && (parameter == expert || parameter == head));
  };
  const RunBits absent_on_one = Train({.ranks = {{}, {}}}, spec, run);
  run.adjust = [&](std::size_t parameter, std::uint64_t step, int contributor,
                   TensorView gradient) {
    if (step == 4 && contributor == 1 && (parameter == expert || parameter == head)) {
      std::ranges::fill(gradient.bytes, std::byte{0});
    }
    return true;
  };
  EXPECT_TRUE(Train({.ranks = {{}, {}}}, spec, run) == absent_on_one);
  EXPECT_FALSE(absent_on_one == present);

  // Absent on all: the expert keeps the weights of step 3, the head decays on.
  run.adjust = [&](std::size_t parameter, std::uint64_t step, int, TensorView) {
    return !(step == 4 && (parameter == expert || parameter == head));
  };
  const RunBits absent_everywhere = Train({.ranks = {{}, {}}}, spec, run);
  const RunBits three_steps = Train({.ranks = {{}, {}}}, spec, {.steps = 3});
  EXPECT_EQ(absent_everywhere.masters[expert], three_steps.masters[expert]);
  EXPECT_NE(absent_everywhere.masters[head], three_steps.masters[head]);
}

// What AdamW makes of one fp32 element with state in fp32; `gradients` per step, none where absent.
float Expected(float p, const Hyperparameters& hyperparameters,
               const std::vector<std::optional<float>>& gradients) {
  float m = 0, v = 0;
  std::uint64_t update_count = 0;
  std::vector<float> group(kQuantGroupElements), ms(kQuantGroupElements), vs(kQuantGroupElements);
  for (const std::optional<float>& gradient : gradients) {
    ++update_count;  // of the parameter group
    if (!gradient) continue;
    const UpdateScalars scalars =
        MakeUpdateScalars(Optimizer::kAdamW, hyperparameters, update_count, 1.0f);
    std::vector<float> reduced(kQuantGroupElements, *gradient);
    group[0] = p, ms[0] = m, vs[0] = v;
    UpdateTelemetry telemetry;
    const UpdateTask task{.count = kQuantGroupElements,
                          .dtype = DType::kFp32,
                          .master = MasterFormat::kNone,
                          .gradient_dtype = DType::kFp32,
                          .gradient = reinterpret_cast<const std::byte*>(reduced.data()),
                          .weights = reinterpret_cast<std::byte*>(group.data()),
                          .m = reinterpret_cast<std::byte*>(ms.data()),
                          .v = reinterpret_cast<std::byte*>(vs.data()),
                          .scalars = &scalars,
                          .telemetry = &telemetry};
    UpdateWeightsReference({.codec = StateCodec::kFp32}, std::span(&task, 1));
    p = group[0], m = ms[0], v = vs[0];
  }
  return p;
}

TEST(Absent, SkippedParametersKeepTheirMoments) {
  JobSpec spec;
  spec.parameters = {{.name = "expert", .shape = {4}, .dtype = DType::kFp32}};
  spec.groups[0].absent = AbsentPolicy::kSkip;
  spec.groups[0].hyperparameters = {.lr = 0.1, .beta1 = 0.5, .weight_decay = 0.01};
  spec.codec = StateCodec::kFp32;
  const std::vector<float> start(4, 1.0f);
  const std::vector<ConstTensorView> views = {ConstTensorView::Of(start)};
  const auto job = *Embedded::Create({}, spec, views);
  const auto trainer = *job->Attach(0);
  const std::vector<std::optional<float>> gradients = {1.0f, 0.25f, std::nullopt, -0.5f};
  for (const std::optional<float>& gradient : gradients) {
    if (gradient) std::fill_n(trainer->Gradient(0).fp32(), 4, *gradient);
    ASSERT_TRUE((gradient ? trainer->MarkGradientReady(0) : trainer->MarkGradientAbsent(0)).ok());
    ASSERT_TRUE(trainer->Step({}).ok());
    ASSERT_TRUE(trainer->WaitForAllWeights().ok());
  }
  EXPECT_EQ(trainer->Weights(0).fp32()[0],
            Expected(1.0f, spec.groups[0].hyperparameters, gradients));
}

TEST(Absent, FrozenParametersNeverMoveAndCostNothing) {
  JobSpec spec;
  spec.parameters = {{.name = "adapter", .shape = {256}}, {.name = "base", .shape = {1000, 1000}}};
  spec.groups = {{.name = "frozen", .patterns = {"base"}, .frozen = true}, {}};
  const InitialValues initial(spec);
  const auto job = *Embedded::Create({.ranks = {{}, {}}}, spec, initial.views);
  std::vector<std::unique_ptr<Trainer>> trainers;
  for (int rank : {0, 1}) trainers.push_back(*job->Attach(rank));
  const std::vector<float> before = *job->MasterWeights(1);
  for (auto& trainer : trainers) {
    EXPECT_TRUE(trainer->Gradient(1).bytes.empty());
    FillGradient(0, 1, 0, 0, trainer->Gradient(0));
    ASSERT_TRUE(trainer->MarkGradientReady(0).ok());
    ASSERT_TRUE(trainer->Step({}).ok());
  }
  for (auto& trainer : trainers) ASSERT_TRUE(trainer->WaitForAllWeights().ok());
  EXPECT_EQ(*job->MasterWeights(1), before);
  for (const RankStatistics& rank : job->Statistics().ranks) {
    EXPECT_LT(rank.sent_bytes, 10'000u);
    EXPECT_LT(rank.memory[MemoryKind::kGradients] + rank.memory[MemoryKind::kReducedGradients] +
                  rank.memory.OptimizerState(),
              10'000u);
  }
}

TEST(Absent, AModelThatIsAllFrozenStepsWithoutEffect) {
  JobSpec spec;
  spec.parameters = {{.name = "base", .shape = {100}}};
  spec.groups[0].frozen = true;
  const InitialValues initial(spec);
  const auto job = *Embedded::Create({}, spec, initial.views);
  const auto trainer = *job->Attach(0);
  ASSERT_TRUE(trainer->Open({.micro_batches = 2}).ok());
  ASSERT_TRUE(trainer->WaitForGradientBuffers().ok());
  ASSERT_TRUE(trainer->Step({}).ok());
  EXPECT_EQ(trainer->Result()->gradient_norm, 0.0);
}

}  // namespace
}  // namespace zerod
