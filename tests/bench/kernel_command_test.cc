// zerod-bench kernel as a person calls it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
  arguments.insert(arguments.begin(),
                   {"kernel", "--elements", "1K", "--repetitions", "1", "--threads", "1"});
  return RunSubcommand(AddKernelCommand, std::move(arguments));
}

std::string MessageOf(const std::vector<std::string>& arguments) {
  return MessageOfRefusal(RunCommand(arguments));
}

TEST(KernelCommand, TextNamesEverythingThatWasChosen) {
  const Outcome outcome =
      RunCommand({"--optimizer", "lion", "--codec", "flash", "--dtype", "fp16", "--master", "none",
                  "--rounding", "stochastic", "--gradient", "fp32"});
  ASSERT_TRUE(outcome.status.ok()) << outcome.status;
  EXPECT_THAT(outcome.printed,
              HasSubstr("lion, codec flash, fp16 weights, master none, rounding stochastic, "
                        "fp32 gradients, 1024 elements"));
}

TEST(KernelCommand, MastersAre24BitsExceptOfFp32Weights) {
  EXPECT_THAT(RunCommand({}).printed, HasSubstr("bf16 weights, master 24, rounding nearest"));
  EXPECT_THAT(RunCommand({"--dtype", "fp32"}).printed, HasSubstr("fp32 weights, master none,"));
  EXPECT_THAT(RunCommand({"--dtype", "fp32", "--master", "none"}).printed,
              HasSubstr("fp32 weights, master none,"));
}

TEST(KernelCommand, RefusesWhatTheKernelsWouldNotHeed) {
  EXPECT_THAT(MessageOf({"--dtype", "fp32", "--master", "24"}),
              AllOf(HasSubstr("--master 24"), HasSubstr("--dtype fp32 is its own master")));
  EXPECT_THAT(MessageOf({"--dtype", "fp32", "--rounding", "stochastic"}),
              HasSubstr("--rounding stochastic: --dtype fp32 is rounded to nearest"));
  EXPECT_THAT(MessageOf({"--master", "32", "--rounding", "stochastic"}),
              HasSubstr("--rounding stochastic: --master 32 is rounded to nearest"));
}

}  // namespace
}  // namespace zerod::bench
