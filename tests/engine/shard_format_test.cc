// What a shard keeps per element: as the optimizer, the codec and the dtype say.
#include "engine/job_rule.h"
#include "engine/shard_plan.h"
#include "gtest/gtest.h"
#include "tests/engine/job_specs.h"

namespace zerod {
namespace {

using enum MemoryKind;

// Bytes per element of one big bf16 matrix, of what the optimizer keeps of it.
struct StateCase {
  Optimizer optimizer;
  double momentum;
  StateCodec codec;
  double m, v, scales;
};

TEST(ShardFormat, KeepsWhatTheRuleHas) {
  const StateCase cases[] = {
      {Optimizer::kAdamW, 0, StateCodec::kRobust, 1, 1, 4.0 / 32},
      {Optimizer::kAdam, 0, StateCodec::kFlash, 1, 1, 4.0 / 32},
      {Optimizer::kAdam, 0, StateCodec::kFp32, 4, 4, 0},
      {Optimizer::kLion, 0, StateCodec::kRobust, 1, 0, 2.0 / 32},
      {Optimizer::kLion, 0, StateCodec::kFp32, 4, 0, 0},
      {Optimizer::kSgd, 0.9, StateCodec::kRobust, 1, 0, 2.0 / 32},
      {Optimizer::kSgdW, 0.9, StateCodec::kFp32, 4, 0, 0},
      {Optimizer::kSgd, 0, StateCodec::kRobust, 0, 0, 0},
      {Optimizer::kSgdW, 0, StateCodec::kFp32, 0, 0, 0},
  };
  for (const auto& [optimizer, momentum, codec, m, v, scales] : cases) {
    JobSpec spec;
    spec.parameters = {{.name = "w", .shape = {64, 64}}};
    spec.optimizer = optimizer;
    spec.codec = codec;
    spec.groups[0].hyperparameters.momentum = momentum;
    const auto layout = *JobLayout::Create(spec, {.shard_weights = {1}, .contributors = {0}});
    const KindOffsets bytes = MakeShardPlan(*layout, 0, false).bytes;
    const auto per_element = [&](MemoryKind kind) {
      return static_cast<double>(bytes[kind]) / 4096;
    };
    const auto name = OptimizerName(optimizer);
    EXPECT_EQ(per_element(kM), m) << name << ", momentum " << momentum;
    EXPECT_EQ(per_element(kV), v) << name;
    EXPECT_EQ(per_element(kScales), scales) << name;
    EXPECT_EQ(per_element(kCorrection), 1.0) << name;
  }
}

TEST(ShardFormat, ReducedGradientsOfFp16AreBf16) {
  Parameter parameter{.spec = {.name = "w", .shape = {8}, .dtype = DType::kFp16}};
  EXPECT_EQ(ReducedDType(parameter, false), DType::kBf16);
  EXPECT_EQ(ReducedDType(parameter, true), DType::kFp32);
  EXPECT_EQ(GroupBytes(parameter, kReducedGradients, {}), 64u);
  EXPECT_EQ(GroupBytes(parameter, kGradients, {}), 64u);
}

// The groups that momentum depends on are those that are trained.
TEST(JobRule, MomentumIsKeptIfATrainableGroupStartsWithSome) {
  JobSpec spec = OddModel();
  spec.optimizer = Optimizer::kSgd;
  for (ParameterGroup& group : spec.groups) group.hyperparameters = {};
  EXPECT_EQ(JobRule(spec), UpdateRule::kGradient);
  spec.groups[0].hyperparameters.momentum = 0.9;  // frozen
  EXPECT_EQ(JobRule(spec), UpdateRule::kGradient);
  spec.groups[2].hyperparameters.momentum = 0.9;
  EXPECT_EQ(JobRule(spec), UpdateRule::kMomentum);
  spec.optimizer = Optimizer::kLion;
  EXPECT_EQ(JobRule(spec), UpdateRule::kLion);
}

}  // namespace
}  // namespace zerod
