// zerod-bench kernel as a person calls it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "bench/commands.h"

namespace zerod::bench {
namespace {

using testing::AllOf;
using testing::HasSubstr;

struct Outcome {
  absl::Status status;
  std::string printed;
};

Outcome RunCommand(std::vector<std::string> arguments) {
  CLI::App app("test", "zerod-bench");
  const auto run = AddKernelCommand(app);
  arguments.insert(arguments.begin(),
                   {"kernel", "--elements", "1K", "--repetitions", "1", "--threads", "1"});
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants a vector
  app.parse(arguments);
  testing::internal::CaptureStdout();
  absl::Status status = run();
  return {std::move(status), testing::internal::GetCapturedStdout()};
}

std::string MessageOf(const std::vector<std::string>& arguments) {
  const Outcome outcome = RunCommand(arguments);
  EXPECT_EQ(outcome.status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(outcome.printed, "");
  return std::string(outcome.status.message());
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
