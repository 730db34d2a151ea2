#ifndef ZEROD_TESTS_BENCH_COMMAND_RUN_H_
#define ZEROD_TESTS_BENCH_COMMAND_RUN_H_

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace zerod::bench {

struct Outcome {
  absl::Status status;
  std::string printed;
};

// Runs one of bench/commands.h with a command line of `arguments`, the subcommand first.
inline Outcome RunSubcommand(std::function<absl::Status()> add_command(CLI::App& app),
                             std::vector<std::string> arguments) {
  CLI::App app("test", "zerod-bench");
  const auto run = add_command(app);
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants a vector
  app.parse(arguments);
  testing::internal::CaptureStdout();
  absl::Status status = run();
  return {std::move(status), testing::internal::GetCapturedStdout()};
}

// What a refused command says, having printed nothing else.
inline std::string MessageOfRefusal(const Outcome& outcome) {
  EXPECT_EQ(outcome.status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(outcome.printed, "");
  return std::string(outcome.status.message());
}

}  // namespace zerod::bench

#endif  // ZEROD_TESTS_BENCH_COMMAND_RUN_H_
