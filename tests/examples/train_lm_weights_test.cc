#include "gmock/gmock.h"
#include "tests/examples/train_lm_program.h"

// Weights that a run leaves in files, and that another begins with.
namespace zerod::train_lm {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class TrainLmWeightsTest : public TrainLmProgramTest {
 protected:
  // One step that changes nothing, of a run that begins with `weights`: its metrics.
  json FirstStep(const std::string& weights, const std::string& options = "") const {
    std::filesystem::remove(Path("metrics"));
    SummaryOf("--steps 1 --lr 0 --metrics " + Path("metrics") + " --initial-weights " +
              Path(weights) + " " + options);
    return json::parse(ReadFile(Path("metrics")), nullptr, false);
  }
  std::string ModelIn(const std::string& folder) const {
    return ReadFile(Path(folder + "/model.safetensors"));
  }
};

TEST_F(TrainLmWeightsTest, ARunBeginsWhereAnotherEnded) {
  const json trained = SummaryOf("--export-weights " + Path("own"));
  SummaryOf("--export-dtype fp32 --export-weights " + Path("fp32"));
  const json own = FirstStep("own", "--export-weights " + Path("again"));
  const json fp32 = FirstStep("fp32", "--export-dtype fp32 --export-weights " + Path("fp32_again"));

  EXPECT_EQ(own.at("validation_loss"), trained.at("validation_loss"));
  // The same batch, on the same bf16 weights.
  EXPECT_EQ(own.at("train_loss"), fp32.at("train_loss"));
  EXPECT_LT(own.at("train_loss").get<double>(), 4.0);  // from 5.5
  EXPECT_EQ(ModelIn("again"), ModelIn("own"));
  EXPECT_EQ(ModelIn("fp32_again"), ModelIn("fp32"));
  EXPECT_GT(ModelIn("fp32").size(), 1.9 * static_cast<double>(ModelIn("own").size()));
}

TEST_F(TrainLmWeightsTest, TheWorldThatTrainedDoesNotMatter) {
  SummaryOf("--export-dtype fp32 --export-weights " + Path("two"));
  SummaryOf("--ranks 3 --export-dtype fp32 --export-weights " + Path("three"));
  EXPECT_EQ(ModelIn("two"), ModelIn("three"));
}

TEST_F(TrainLmWeightsTest, TheBaselineWritesAndReadsThemToo) {
  const std::string baseline = "--optimizer adamw-fp32 ";
  const json trained = SummaryOf(baseline + "--export-weights " + Path("baseline"));
  EXPECT_EQ(FirstStep("baseline", baseline).at("validation_loss"), trained.at("validation_loss"));
  const json zerod = FirstStep("baseline");
  EXPECT_NEAR(zerod.at("validation_loss").get<double>(),
              trained.at("validation_loss").get<double>(), 0.01);
}

TEST_F(TrainLmWeightsTest, WhatDoesNotFitIsToldBeforeTheRun) {
  SummaryOf("--export-weights " + Path("own"));
  const struct {
    std::string options;
    std::string culprit;
  } cases[] = {
      {"--initial-weights " + Path("own") + " --layers 1", "the model lacks 'block.1."},
      {"--initial-weights " + Path("own") + " --untied-head", "it lacks 'head.weight'"},
      {"--initial-weights " + Path("own") + " --context 8",
       "'position_embedding.weight' is [16, 32] there and [8, 32]"},
      {"--initial-weights " + Path("text"), Path("text")},
      {"--initial-weights " + Path("nowhere"), Path("nowhere")},
      {"--export-weights " + Path("own"), Path("own")},
      {"--export-weights " + Path("text"), Path("text")},
      {"--export-weights " + Path("new") + " --export-dtype fp16", "'fp16'"},
      {"--export-dtype fp32", "--export-weights"},
      {"--service unix:/nowhere --export-weights " + Path("new") + " --export-dtype fp32",
       "--service"},
  };
  for (const auto& bad : cases) {
    const Outcome outcome = Run(Command("--metrics " + Path("early")) + " " + bad.options);
    EXPECT_EQ(outcome.exit_code, 1) << bad.options << ": " << outcome.output;
    EXPECT_THAT(outcome.output, HasSubstr(bad.culprit));
    EXPECT_FALSE(std::filesystem::exists(Path("early"))) << bad.options;
  }
  EXPECT_FALSE(std::filesystem::exists(Path("new")));
}

}  // namespace
}  // namespace zerod::train_lm
