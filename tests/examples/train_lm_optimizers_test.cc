#include <algorithm>

#include "gmock/gmock.h"
#include "tests/examples/train_lm_program.h"

// The program with each of zerod's optimizers.
namespace zerod::train_lm {
namespace {

using nlohmann::json;
using testing::HasSubstr;

TEST_F(TrainLmProgramTest, OtherOptimizersLearnAndKeepNoMoreThanTheyNeed) {
  const json adamw = SummaryOf("--ranks 1 --optimizer adamw");
  const struct {
    const char* options;
    std::vector<std::string> kept;  // of m and v
  } cases[] = {{"--optimizer adam", {"m", "v"}},
               {"--optimizer adamw --beta1 0.8 --beta2 0.9 --eps 1e-6", {"m", "v"}},
               {"--optimizer adamw --initial-lr 3e-3 --weight-decay 1e-3", {"m", "v"}},
               {"--optimizer adamw --master-rounding stochastic", {"m", "v"}},
               {"--optimizer lion --lr 1e-3", {"m"}},
               {"--optimizer sgd --lr 0.3", {}},
               {"--optimizer sgd --lr 0.1 --momentum 0.9 --nesterov", {"m"}},
               {"--optimizer sgdw --lr 0.3", {}},
               {"--optimizer sgdw --lr 0.1 --momentum 0.9", {"m"}}};
  for (const auto& [options, kept] : cases) {
    const json summary = SummaryOf(std::string("--ranks 1 ") + options);
    EXPECT_LT(summary.at("validation_loss"), 5.0) << options;
    EXPECT_NE(summary.at("validation_loss"), adamw.at("validation_loss")) << options;
    for (const std::string kind : {"m", "v"}) {
      EXPECT_EQ(summary["usage_by_rank"][0]["bytes_by_kind"].at(kind) > 0,
                std::ranges::find(kept, kind) != kept.end())
          << options << " " << kind;
    }
    ASSERT_EQ(summary.at("last_update_by_group").size(), 2u);
    const json& group = summary["last_update_by_group"][1];
    EXPECT_EQ(group.at("name"), "decay");
    EXPECT_LT(group.at("unmoved_share"), 0.5) << options;
    EXPECT_EQ(group.at("floor_share").is_null(), kept.size() < 2) << options;
    EXPECT_GT(group.at("max_update"), 0.0) << options;
  }
}

TEST_F(TrainLmProgramTest, TellsWhatTheLastUpdateDid) {
  const Outcome adamw = Run(Command(""));
  EXPECT_THAT(adamw.output, testing::ContainsRegex(
                                "last update of group decay: .* of the weights unmoved, .* of v "
                                "at the floor, largest .* times the learning rate"));
  const Outcome lion = Run(Command("--optimizer lion --lr 1e-3"));
  EXPECT_THAT(lion.output, HasSubstr("largest 1 times the learning rate"));
  EXPECT_THAT(lion.output, testing::Not(HasSubstr("floor")));
}

// Weights beyond bf16 after a few steps.
TEST_F(TrainLmProgramTest, SaysThatARunHasDiverged) {
  for (const char* optimizer : {"adamw", "adamw-fp32"}) {
    const Outcome outcome = Run(Command(std::string("--lr 1e37 --weight-decay 0 --summary ") +
                                        Path("summary") + " --optimizer " + optimizer));
    EXPECT_EQ(outcome.exit_code, 1) << outcome.output;
    EXPECT_THAT(outcome.output, testing::ContainsRegex("[0-9]+ of 30 steps were skipped"));
    EXPECT_THAT(outcome.output, HasSubstr("the run has diverged: nothing was updated after step"));
    const json summary = json::parse(ReadFile(Path("summary")), nullptr, false);
    const int last_updated_step = summary.at("last_updated_step");
    EXPECT_LT(last_updated_step, 30);
    EXPECT_GT(last_updated_step, 0);
    EXPECT_EQ(summary.at("skipped_steps"), 30 - last_updated_step);
  }
  const Outcome adamw = Run(Command("--lr 1e37 --weight-decay 0"));
  EXPECT_THAT(adamw.output, testing::ContainsRegex("last update \\(step [0-9]+\\) of group decay"));
}

TEST_F(TrainLmProgramTest, RefusesWhatTheOptimizerHasNoUseFor) {
  const struct {
    const char* options;
    const char* culprit;
  } cases[] = {
      {"--optimizer lion --momentum 0.9", "momentum is 0.9"},
      {"--optimizer sgd --beta2 0.9", "beta2 is 0.9"},
      {"--optimizer sgdw --nesterov", "momentum is 0"},
      {"--optimizer adam --initial-lr 1e-3", "initial_lr is 0.001"},
      {"--optimizer adamw-fp32 --initial-lr 1e-3", "--initial-lr is 0.001"},
      {"--optimizer adamw-fp32 --momentum 0.9", "momentum is 0.9"},
      {"--optimizer adamw-fp32 --codec flash", "--codec is flash"},
      {"--optimizer adamw-fp32 --master-rounding stochastic", "--master-rounding is stochastic"},
      {"--beta1 1", "beta1 is 1"},
      {"--master-rounding up", "--master-rounding is 'up'"},
  };
  for (const auto& bad : cases) {
    const Outcome outcome = Run(Command(bad.options));
    EXPECT_EQ(outcome.exit_code, 1) << bad.options << ": " << outcome.output;
    EXPECT_THAT(outcome.output, HasSubstr(bad.culprit));
  }
}

}  // namespace
}  // namespace zerod::train_lm
