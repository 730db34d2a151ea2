#include "engine/decision.h"

#include <cmath>

#include "gtest/gtest.h"
#include "tests/engine/job_specs.h"

namespace zerod {
namespace {

class DecisionTest : public testing::Test {
 protected:
  DecisionTest() {
    for (const ParameterGroup& group : layout_->table.groups()) {
      commit_.hyperparameters.push_back(group.hyperparameters);
    }
    commit_.absent_everywhere.resize(layout_->table.parameters().size());
    norm_.sum_of_squares.Add(9.0f);
    norm_.sum_of_squares.Add(16.0f);
  }
  Decision Make() const { return Decide(*layout_, 5, 2, commit_, norm_, update_counts_); }

  std::shared_ptr<const JobLayout> layout_ =
      *JobLayout::Create(OddModel(), {.shard_weights = {1}, .contributors = {0}});
  AgreedCommit commit_;
  GradientNorm norm_;
  std::vector<std::uint64_t> update_counts_ = {0, 4, 2, 4};
};

TEST_F(DecisionTest, ClipsAsTorchDoes) {
  EXPECT_EQ(Make().result.gradient_norm, 5.0);
  EXPECT_EQ(Make().result.clip_factor, 1.0f);
  commit_.max_grad_norm = 1.0;
  EXPECT_EQ(Make().result.clip_factor, static_cast<float>(1.0 / (5.0 + 1e-6)));
  EXPECT_EQ(Make().scalars[1], MakeUpdateScalars(Optimizer::kAdamW, commit_.hyperparameters[1], 5,
                                                 Make().result.clip_factor));
  commit_.max_grad_norm = 100.0;
  EXPECT_EQ(Make().result.clip_factor, 1.0f);
}

TEST_F(DecisionTest, EachGroupCountsItsOwnUpdates) {
  const Decision decision = Make();
  EXPECT_EQ(decision.scalars[1],
            MakeUpdateScalars(Optimizer::kAdamW, commit_.hyperparameters[1], 5, 1.0f));
  EXPECT_EQ(decision.scalars[2],
            MakeUpdateScalars(Optimizer::kAdamW, commit_.hyperparameters[2], 3, 1.0f));
}

TEST_F(DecisionTest, ScalarsAreTheOptimizers) {
  JobSpec spec = OddModel();
  spec.optimizer = Optimizer::kLion;
  layout_ = *JobLayout::Create(spec, {.shard_weights = {1}, .contributors = {0}});
  const Hyperparameters& hyperparameters = commit_.hyperparameters[3];
  const UpdateScalars scalars = Make().scalars[3];
  EXPECT_EQ(scalars, MakeUpdateScalars(Optimizer::kLion, hyperparameters, 5, 1.0f));
  EXPECT_NE(scalars, MakeUpdateScalars(Optimizer::kAdamW, hyperparameters, 5, 1.0f));
}

TEST_F(DecisionTest, NonFiniteGradientsSkipTheStep) {
  norm_.nonfinite_count = 1;
  EXPECT_EQ(Make().result.outcome, StepOutcome::kSkipped);
  EXPECT_TRUE(std::isinf(Make().result.gradient_norm));
}

TEST_F(DecisionTest, AnOverflowedNormSkipsOnlyWhenClipping) {
  norm_.overflowed_lines = 1;
  EXPECT_EQ(Make().result.outcome, StepOutcome::kUpdated);
  commit_.max_grad_norm = 1.0;
  EXPECT_EQ(Make().result.outcome, StepOutcome::kSkipped);
}

TEST_F(DecisionTest, AbsenceEverywhereFollowsTheGroupsPolicy) {
  commit_.absent_everywhere.assign(commit_.absent_everywhere.size(), 1);
  const Decision decision = Make();
  for (std::size_t i = 0; i < layout_->table.parameters().size(); ++i) {
    EXPECT_EQ(decision.untouched[i] != 0,
              layout_->table.parameters()[i].spec.name == "expert.weight");
  }
}

TEST_F(DecisionTest, SurvivesTheWire) {
  const std::vector<std::byte> bytes = EncodeDecision(Make());
  EXPECT_EQ(bytes.size(), DecisionBytes(*layout_));
  const Decision read = *DecodeDecision(*layout_, bytes);
  EXPECT_EQ(EncodeDecision(read), bytes);
  EXPECT_FALSE(DecodeDecision(*layout_, std::span(bytes).first(bytes.size() - 1)).ok());
}

}  // namespace
}  // namespace zerod
