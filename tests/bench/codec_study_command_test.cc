// zerod-bench codec-study as a person calls it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "bench/commands.h"
#include "tests/bench/command_run.h"

namespace zerod::bench {
namespace {

using testing::AllOf;
using testing::HasSubstr;

Outcome RunCommand(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "codec-study");
  return RunSubcommand(AddCodecStudyCommand, std::move(arguments));
}

std::string MessageOf(const std::vector<std::string>& arguments) {
  return MessageOfRefusal(RunCommand(arguments));
}

TEST(CodecStudyCommand, PrintsOneJsonObjectPerScenarioAndCodec) {
  const Outcome outcome = RunCommand({"--json", "--scenario", "dead_beta2_0.95,wide", "--codec",
                                      "robust,flash", "--elements", "64", "--seeds", "1"});
  ASSERT_TRUE(outcome.status.ok()) << outcome.status;
  const nlohmann::json rows = nlohmann::json::parse(outcome.printed);
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_EQ(rows[0].at("scenario"), "dead_beta2_0.95");
  EXPECT_EQ(rows[0].at("codec"), "robust");
  EXPECT_EQ(rows[1].at("codec"), "flash");
  EXPECT_EQ(rows[2].at("scenario"), "wide");
  for (const nlohmann::json& row : rows) {
    EXPECT_TRUE(row.at("relative_update_error").is_number_float());
    EXPECT_GT(row.at("max_update").get<double>(), 0.5);
    EXPECT_EQ(row.at("elements"), 64);
    EXPECT_EQ(row.at("seeds"), 1);
    EXPECT_EQ(row.at("errors"), nlohmann::json::array({row.at("relative_update_error")}));
  }
  EXPECT_EQ(rows[0].at("measure"), "affected");
  EXPECT_EQ(rows[2].at("measure"), "update");
  EXPECT_EQ(rows[0].at("goal"), 0.05);
  EXPECT_EQ(rows[0].at("meets_goal"), true);
  EXPECT_EQ(rows[1].at("meets_goal"), false);
  EXPECT_TRUE(rows[2].at("goal").is_null());
}

TEST(CodecStudyCommand, PrintsATableWithTheGoals) {
  const Outcome outcome = RunCommand({"--scenario", "dead_beta2_0.95", "--codec", "fp32", "--codec",
                                      "robust", "--elements", "64", "--seeds", "1"});
  ASSERT_TRUE(outcome.status.ok()) << outcome.status;
  EXPECT_THAT(outcome.printed, AllOf(HasSubstr("fp32"), HasSubstr("robust"), HasSubstr("goal"),
                                     HasSubstr("dead_beta2_0.95  affected"),
                                     HasSubstr("goal of robust"), HasSubstr("0.05  met")));
  EXPECT_THAT(outcome.printed,
              HasSubstr("64 elements and 1 seed(s) from 7 on: the goals are set for 8192 and 3"));
}

TEST(CodecStudyCommand, SaysOfTheDefaultCodecAloneWhetherTheGoalIsMet) {
  const Outcome outcome = RunCommand(
      {"--scenario", "dead_beta2_0.95", "--codec", "flash", "--elements", "64", "--seeds", "1"});
  ASSERT_TRUE(outcome.status.ok()) << outcome.status;
  EXPECT_THAT(outcome.printed, testing::EndsWith("from 7 on.\n"));
  EXPECT_THAT(outcome.printed, HasSubstr("  0.05\n"));
}

TEST(CodecStudyCommand, RunsTheSeedsThatAreAskedFor) {
  const auto errors = [](const std::vector<std::string>& seeds) {
    std::vector<std::string> arguments = {"--json", "--scenario", "stationary", "--codec",
                                          "robust", "--elements", "64"};
    arguments.insert(arguments.end(), seeds.begin(), seeds.end());
    return nlohmann::json::parse(RunCommand(arguments).printed)[0].at("errors");
  };
  const nlohmann::json both = errors({"--first-seed", "4", "--seeds", "2"});
  ASSERT_EQ(both.size(), 2u);
  EXPECT_NE(both[0], both[1]);
  EXPECT_EQ(both[1], errors({"--first-seed", "5", "--seeds", "1"})[0]);
}

TEST(CodecStudyCommand, DropsTheGoalsUnderOtherSettings) {
  const Outcome outcome =
      RunCommand({"--json", "--scenario", "shrink", "--codec", "robust", "--elements", "64",
                  "--beta2", "0.99", "--noise", "2.5", "--steps", "300"});
  ASSERT_TRUE(outcome.status.ok()) << outcome.status;
  const nlohmann::json row = nlohmann::json::parse(outcome.printed)[0];
  EXPECT_EQ(row.at("beta2"), 0.99);
  EXPECT_EQ(row.at("noise"), 2.5);
  EXPECT_EQ(row.at("steps"), 300);
  EXPECT_TRUE(row.at("goal").is_null());
}

TEST(CodecStudyCommand, HelpNamesCodecsAndScenarios) {
  CLI::App app("test", "zerod-bench");
  AddCodecStudyCommand(app);
  EXPECT_THAT(app.get_subcommand("codec-study")->help(),
              AllOf(HasSubstr("flash_bounded"), HasSubstr("m_square_root"), HasSubstr("lion-flip"),
                    HasSubstr("comma-separated")));
}

TEST(CodecStudyCommand, RunsCandidates) {
  const Outcome outcome =
      RunCommand({"--candidates", "--scenario", "dead_beta2_0.95", "--codec", "robust,m_nearest",
                  "--elements", "64", "--seeds", "1", "--json"});
  ASSERT_TRUE(outcome.status.ok()) << outcome.status;
  const nlohmann::json rows = nlohmann::json::parse(outcome.printed);
  EXPECT_EQ(rows[0].at("meets_goal"), true);
  EXPECT_EQ(rows[1].at("meets_goal"), false);
}

TEST(CodecStudyCommand, RefusesWhatItDoesNotKnow) {
  EXPECT_THAT(MessageOf({"--codec", "int4"}),
              AllOf(HasSubstr("--codec: 'int4' is not a codec"), HasSubstr("fp32, flash")));
  EXPECT_THAT(MessageOf({"--codec", "m_nearest"}), HasSubstr("'m_nearest' is not a codec"));
  EXPECT_THAT(MessageOf({"--candidates", "--codec", "flash"}), HasSubstr("there are robust, "));
  EXPECT_THAT(MessageOf({"--scenario", "calm"}),
              AllOf(HasSubstr("--scenario: 'calm' is not a scenario"), HasSubstr("lion-flip")));
  EXPECT_THAT(MessageOf({"--seeds", "0"}), HasSubstr("--seeds '0'"));
  EXPECT_THAT(MessageOf({"--codec", "flash,robust,flash"}),
              HasSubstr("--codec: 'flash' is given twice"));
  EXPECT_THAT(MessageOf({"--scenario", "wide,wide"}),
              HasSubstr("--scenario: 'wide' is given twice"));
  EXPECT_THAT(MessageOf({"--beta2", "1"}), HasSubstr("--beta2 1 is not between 0 and 1"));
  EXPECT_THAT(MessageOf({"--noise", "-1"}), HasSubstr("--noise -1 is not from 0 to 1e9"));
  EXPECT_THAT(MessageOf({"--steps", "299"}), HasSubstr("--steps 299 is below 300"));
  EXPECT_THAT(MessageOf({"--elements", "33"}), HasSubstr("--elements 33 is not a multiple of 32"));
}

}  // namespace
}  // namespace zerod::bench
