#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "bench/commands.h"

namespace zerod::bench {
namespace {

absl::Status Parse(std::vector<const char*> arguments) {
  CLI::App app("test", "zerod-bench");
  const std::function<absl::Status()> commands[] = {AddKernelCommand(app),
                                                    AddCodecStudyCommand(app)};
  arguments.insert(arguments.begin(), "zerod-bench");
  return ParseSubcommand(&app, static_cast<int>(arguments.size()), arguments.data());
}

TEST(ParseSubcommand, NamesWhatIsNoSubcommandAndThoseThatThereAre) {
  EXPECT_EQ(Parse({"codecstudy", "--json"}).message(),
            "'codecstudy' is not a subcommand; there are kernel, codec-study");
  EXPECT_EQ(Parse({"--json", "kernel"}).message(),
            "'--json' is not a subcommand; there are kernel, codec-study");
  EXPECT_EQ(Parse({}).message(), "name a subcommand; there are kernel, codec-study");
}

TEST(ParseSubcommand, TakesOneSubcommandWithItsOwnArguments) {
  EXPECT_TRUE(Parse({"kernel", "--json"}).ok());
  EXPECT_THROW(Parse({"kernel", "--seeds", "2"}).IgnoreError(), CLI::ExtrasError);
  EXPECT_THROW(Parse({"kernel", "codec-study"}).IgnoreError(), CLI::ParseError);
  EXPECT_THROW(Parse({"--help"}).IgnoreError(), CLI::CallForHelp);
}

}  // namespace
}  // namespace zerod::bench
