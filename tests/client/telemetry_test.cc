// What updates do to the weights of each group, as the statistics tell it.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kernels/update_bound.h"
#include "tests/client/training_run.h"
#include "tests/engine/job_specs.h"

namespace zerod {
namespace {

using testing::ElementsAre;
using testing::Field;

// The statistics after `run` on `world_size` ranks that all have trainers, or shares of state only.
JobStatistics After(const JobSpec& spec, const std::vector<std::uint32_t>& shard_weights,
                    const RunOptions& run) {
  EmbeddedOptions options;
  options.ranks.clear();
  for (std::size_t rank = 0; rank < shard_weights.size(); ++rank) {
    options.ranks.push_back({.shard_weight = shard_weights[rank], .trainer = rank == 0});
  }
  const InitialValues initial(spec);
  const auto job = *Embedded::Create(options, spec, initial.views);
  const auto trainer = *job->Attach(0);
  const auto result = RunTrainer(*trainer, 0, 1, run, nullptr);
  EXPECT_TRUE(result.ok()) << result.status();
  return *trainer->Statistics();
}

JobSpec Model(Optimizer optimizer, const Hyperparameters& hyperparameters) {
  JobSpec spec = OddModel();
  spec.optimizer = optimizer;
  for (ParameterGroup& group : spec.groups) group.hyperparameters = hyperparameters;
  return spec;
}

// Trainable elements of OddModel's groups, without padding: frozen, no_decay, experts, rest.
const std::vector<std::uint64_t> kCounts = {0, 51 + 83 + 1, 51 * 23,
                                            37 * 51 + 51 * 83 + 19 * 51 + 51 * 41};

TEST(Telemetry, NothingMovesWithoutALearningRate) {
  for (const Optimizer optimizer : {Optimizer::kAdamW, Optimizer::kLion, Optimizer::kSgd}) {
    const JobStatistics statistics = After(Model(optimizer, {.lr = 0}), {1}, {.steps = 1});
    ASSERT_EQ(statistics.groups.size(), 4u);
    EXPECT_EQ(statistics.last_updated_step, 1u);
    for (std::size_t group = 0; group < kCounts.size(); ++group) {
      const GroupTelemetry& telemetry = statistics.groups[group].telemetry;
      EXPECT_EQ(telemetry.element_count, kCounts[group]) << group;
      EXPECT_EQ(telemetry.unmoved_count, kCounts[group]) << group;
    }
    EXPECT_GT(statistics.groups[3].telemetry.max_update, 0.0f);
  }
}

TEST(Telemetry, EverythingMovesWithALargeLearningRate) {
  const auto nonzero = [](std::size_t, std::uint64_t, int, TensorView gradient) {
    for (std::size_t i = 0; i < gradient.element_count(); ++i) {
      if (gradient.dtype == DType::kFp32) {
        gradient.fp32()[i] = 1.0f;
      } else {
        gradient.bf16()[i] = 0x3f80;
      }
    }
    return true;
  };
  for (const Optimizer optimizer : {Optimizer::kAdamW, Optimizer::kLion, Optimizer::kSgd}) {
    const JobStatistics statistics = After(Model(optimizer, {.lr = 0.5}), {1},
                                           {.steps = 1, .max_grad_norm = 0, .adjust = nonzero});
    for (std::size_t group = 0; group < kCounts.size(); ++group) {
      const GroupTelemetry& telemetry = statistics.groups[group].telemetry;
      EXPECT_EQ(telemetry.element_count, kCounts[group]);
      EXPECT_EQ(telemetry.unmoved_count, 0u) << OptimizerName(optimizer) << " group " << group;
      // A first step of Adam is lr * g / |g|, as each of Lion; SGD's is lr * g.
      EXPECT_NEAR(telemetry.max_update, group == 0 ? 0.0 : 1.0, 1e-5) << OptimizerName(optimizer);
    }
  }
}

TEST(Telemetry, TheSameOnAnyNumberOfRanks) {
  for (const Optimizer optimizer : {Optimizer::kAdam, Optimizer::kLion, Optimizer::kSgdW}) {
    const JobSpec spec = Model(optimizer, {.lr = 3e-7, .weight_decay = 0.01});
    const JobStatistics alone = After(spec, {1}, {.steps = 3});
    EXPECT_EQ(alone.has_v_codes, optimizer == Optimizer::kAdam);
    EXPECT_EQ(alone.optimizer, optimizer);
    // So small a step moves some of the masters, and not all.
    EXPECT_GT(alone.groups[3].telemetry.unmoved_count, 0u) << OptimizerName(optimizer);
    EXPECT_LT(alone.groups[3].telemetry.unmoved_count, kCounts[3]) << OptimizerName(optimizer);
    for (const auto& world : std::vector<std::vector<std::uint32_t>>{{1, 1, 1}, {0, 5, 2}}) {
      const JobStatistics shared = After(spec, world, {.steps = 3});
      for (std::size_t group = 0; group < kCounts.size(); ++group) {
        EXPECT_EQ(shared.groups[group].name, alone.groups[group].name);
        EXPECT_EQ(shared.groups[group].telemetry, alone.groups[group].telemetry) << group;
        GroupTelemetry sum;
        for (const RankStatistics& rank : shared.ranks) sum.Merge(rank.groups[group]);
        EXPECT_EQ(sum, alone.groups[group].telemetry);
      }
    }
  }
}

// Gradients over 23 binades in a group of 32: more than the codes of v can hold.
TEST(Telemetry, CountsCodesAtTheFloor) {
  const Hyperparameters hyperparameters{.lr = 1e-3};
  const auto floor_count = [&](const JobSpec& spec) {
    return After(spec, {1}, {.steps = 2}).groups[3].telemetry.floor_count;
  };
  JobSpec spec = Model(Optimizer::kAdamW, hyperparameters);
  const std::uint64_t spread = floor_count(spec);
  EXPECT_GT(spread, 0u);
  EXPECT_LT(spread, kCounts[3]);
  spec.codec = StateCodec::kFp32;
  EXPECT_EQ(floor_count(spec), 0u);
  EXPECT_FALSE(After(spec, {1}, {.steps = 1}).has_v_codes);
  EXPECT_EQ(floor_count(Model(Optimizer::kLion, hyperparameters)), 0u);
}

TEST(Telemetry, SkippedStepsAndUntouchedParametersDoNotCount) {
  RunOptions run{.steps = 3};
  run.adjust = [](std::size_t parameter, std::uint64_t step, int, TensorView gradient) {
    if (step == 3 && parameter == 2) gradient.bf16()[5] = 0x7f80;  // infinite: the step is skipped
    return parameter != 8;                                         // the expert is always idle
  };
  const JobStatistics statistics = After(Model(Optimizer::kAdamW, {.lr = 1e-3}), {1, 1}, run);
  EXPECT_EQ(statistics.step, 3u);
  EXPECT_EQ(statistics.skipped_steps, 1u);
  EXPECT_EQ(statistics.last_updated_step, 2u);
  EXPECT_EQ(statistics.groups[3].update_count, 2u);
  EXPECT_EQ(statistics.groups[2].telemetry, GroupTelemetry{});
  EXPECT_EQ(statistics.groups[3].telemetry.element_count, kCounts[3]);
}

TEST(Telemetry, TellsTheFormatsAndTheLastStepsHyperparameters) {
  JobSpec spec = Model(Optimizer::kAdamW, {.lr = 1e-3});
  spec.codec = StateCodec::kFlash;
  spec.master_rounding = MasterRounding::kStochastic;
  spec.groups[1].master = MasterFormat::k32;
  const JobStatistics statistics = After(spec, {1, 1}, {.steps = 3});
  EXPECT_EQ(statistics.codec, StateCodec::kFlash);
  EXPECT_EQ(statistics.master_rounding, MasterRounding::kStochastic);
  EXPECT_EQ(statistics.groups[1].master, MasterFormat::k32);
  EXPECT_EQ(statistics.groups[2].master, std::nullopt);
  EXPECT_EQ(statistics.groups[3].update_count, 3u);
  const Hyperparameters& last = statistics.groups[3].hyperparameters;
  const double bound = AdamUpdateBound(last.beta1, last.beta2, 3);
  EXPECT_NEAR(statistics.groups[3].update_bound, bound, 1e-5 * bound);
  EXPECT_LE(statistics.groups[3].telemetry.max_update, statistics.groups[3].update_bound);
  EXPECT_EQ(After(Model(Optimizer::kLion, {.lr = 1e-3}), {1}, {.steps = 1}).groups[3].update_bound,
            0.0f);
}

TEST(Telemetry, BeforeTheFirstStep) {
  const JobSpec spec = OddModel();
  const InitialValues initial(spec);
  const auto job = *Embedded::Create({}, spec, initial.views);
  const JobStatistics statistics = job->Statistics();
  EXPECT_EQ(statistics.last_updated_step, 0u);
  EXPECT_THAT(statistics.groups, ElementsAre(Field(&GroupStatistics::name, "frozen"),
                                             Field(&GroupStatistics::name, "no_decay"),
                                             Field(&GroupStatistics::name, "experts"),
                                             Field(&GroupStatistics::name, "rest")));
  EXPECT_EQ(statistics.groups[3].telemetry, GroupTelemetry{});
  EXPECT_EQ(statistics.groups[3].hyperparameters, spec.groups[3].hyperparameters);
  EXPECT_EQ(statistics.groups[3].update_count, 0u);
  EXPECT_EQ(statistics.groups[3].update_bound, 0.0f);
  EXPECT_TRUE(statistics.groups[0].frozen);
  EXPECT_FALSE(statistics.groups[3].frozen);
}

}  // namespace
}  // namespace zerod
