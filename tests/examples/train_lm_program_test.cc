#include "tests/examples/train_lm_program.h"

#include <csignal>
#include <sstream>
#include <thread>

#include "gmock/gmock.h"

// The program as a person meets it: its files, messages and exit codes.
namespace zerod::train_lm {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class EveryOptimizerTest : public TrainLmProgramTest,
                           public testing::WithParamInterface<std::string> {};

TEST_P(EveryOptimizerTest, LearnsAndRepeatsItselfBitForBit) {
  const std::string options = "--optimizer " + GetParam();
  const json first = SummaryOf(options + " --metrics " + Path("metrics"));
  const json second = SummaryOf(options);
  const json other = SummaryOf(options + " --seed 2");
  EXPECT_EQ(first.at("validation_loss"), second.at("validation_loss"));
  EXPECT_NE(first.at("validation_loss"), other.at("validation_loss"));

  std::istringstream metrics(ReadFile(folder_ / "metrics"));
  std::vector<json> lines;
  for (std::string line; std::getline(metrics, line);) lines.push_back(json::parse(line));
  ASSERT_EQ(lines.size(), 30u);
  EXPECT_LT(lines[29].at("train_loss"), 0.8 * lines[0].at("train_loss").get<double>());
  EXPECT_EQ(lines[29].at("validation_loss"), first.at("validation_loss"));
  EXPECT_TRUE(lines[9].contains("validation_loss"));
  EXPECT_FALSE(lines[10].contains("validation_loss"));
}

TEST_P(EveryOptimizerTest, TakesMicroBatchesOneTrainerAndAnUntiedHead) {
  const json summary =
      SummaryOf("--trainers 1 --micro-batches 2 --untied-head --optimizer " + GetParam());
  EXPECT_LT(summary.at("validation_loss"), 5.0);
  EXPECT_EQ(summary.at("skipped_steps"), 0);
}

TEST_P(EveryOptimizerTest, EndsCleanlyOnASignal) {
  const std::string command = Command("--steps 1000000 --optimizer " + GetParam() + " --summary " +
                                      Path("summary") + " --metrics " + Path("metrics"));
  const pid_t child = fork();
  if (child == 0) {
    execl("/bin/sh", "sh", "-c", ("exec " + command + " > /dev/null 2>&1").c_str(), nullptr);
    _exit(127);
  }
  for (int i = 0; i < 500 && ReadFile(folder_ / "metrics").empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  kill(child, SIGTERM);
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 128 + SIGTERM);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "summary"));
  EXPECT_THAT(ReadFile(folder_ / "metrics"), testing::EndsWith("}\n"));
}

INSTANTIATE_TEST_SUITE_P(Optimizers, EveryOptimizerTest, testing::Values("adamw", "adamw-fp32"),
                         [](const auto& info) { return info.param == "adamw" ? "Zerod" : "Fp32"; });

TEST_F(TrainLmProgramTest, TheShapeOfTheWorldDoesNotChangeABit) {
  const json two = SummaryOf("--trainers 2 --ranks 2");
  for (const std::string world : {"--ranks 1", "--ranks 3", "--ranks 2 --shard-weights 1,3",
                                  "--ranks 2 --threads-per-rank 3"}) {
    EXPECT_EQ(SummaryOf("--trainers 2 " + world).at("validation_loss"), two.at("validation_loss"))
        << world;
  }
}

TEST_F(TrainLmProgramTest, MoreTrainersThanRanksGetRanksWithoutState) {
  const json summary = SummaryOf("--trainers 3 --ranks 1");
  ASSERT_EQ(summary.at("usage_by_rank").size(), 3u);
  EXPECT_GT(summary["usage_by_rank"][0].at("optimizer_state_bytes"), 0);
  EXPECT_EQ(summary["usage_by_rank"][2].at("optimizer_state_bytes"), 0);
}

TEST_F(TrainLmProgramTest, OptimizersBeginAtTheSamePointAndStayClose) {
  const json zerod = SummaryOf("--optimizer adamw");
  const json fp32 = SummaryOf("--optimizer adamw-fp32");
  EXPECT_NEAR(zerod.at("validation_loss").get<double>(), fp32.at("validation_loss").get<double>(),
              0.1);
}

TEST_F(TrainLmProgramTest, BadInputIsRefusedByName) {
  const struct {
    const char* options;
    const char* culprit;
    int exit_code;
  } cases[] = {
      {"--text /nowhere/at/all", "/nowhere/at/all", 1},
      {"--text /dev/null", "/dev/null", 1},
      {"--context 4000", "--context", 1},
      {"--trainers 0", "--trainers", 1},
      {"--ranks 0", "--ranks", 1},
      {"--threads-per-rank 0", "--threads-per-rank", 1},
      {"--steps 0", "--steps", 1},
      {"--width 33", "--heads", 1},
      {"--optimizer adagrad", "'adagrad'", 1},
      {"--codec zip", "'zip'", 1},
      {"--shard-weights 1,2,3", "--shard-weights", 1},
      {"--shard-weights 0,0", "--shard-weights", 1},
      {"--lr nan", "--lr", 1},
      {"--trainer 1", "--service", 1},
      {"--service unix:/nowhere --trainer 2", "--trainer", 1},
      {"--service unix:/nowhere --contributors 0", "--contributors", 1},
      {"--service unix:/nowhere --optimizer adamw-fp32", "--service", 1},
      {"--service unix:/nowhere/at/all", "/nowhere/at/all", 1},
      {"--service tcp:127.0.0.1:1", "reaches at unix:PATH", 1},
      {"--resume", "--service", 1},
      {"--metrics /nowhere/metrics", "/nowhere/metrics", 1},
      {"--summary /nowhere/summary", "/nowhere/summary", 1},
      {"--steps many", "--steps", 2},
      {"--no-such-option", "--no-such-option", 2},
  };
  for (const auto& bad : cases) {
    const Outcome outcome = Run(Command("--metrics " + Path("metrics")) + " " + bad.options);
    EXPECT_EQ(outcome.exit_code, bad.exit_code) << bad.options << ": " << outcome.output;
    EXPECT_THAT(outcome.output, HasSubstr(bad.culprit));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "metrics")) << bad.options;
  }
}

}  // namespace
}  // namespace zerod::train_lm
