#ifndef ZEROD_BENCH_COMMANDS_H_
#define ZEROD_BENCH_COMMANDS_H_

#include <CLI/CLI.hpp>
#include <functional>

#include "absl/status/status.h"

namespace zerod::bench {

// Each adds a subcommand; what it returns runs it once the arguments are parsed, and holds them: it
// must outlive the parsing.
std::function<absl::Status()> AddKernelCommand(CLI::App& app);
std::function<absl::Status()> AddStepCommand(CLI::App& app);
std::function<absl::Status()> AddCodecStudyCommand(CLI::App& app);

// Parses the command line of a program that has its subcommands. kInvalidArgument names what is no
// subcommand, and those that there are; everything else that CLI11 finds is thrown as it does.
absl::Status ParseSubcommand(CLI::App* app, int argc, const char* const* argv);

}  // namespace zerod::bench

#endif  // ZEROD_BENCH_COMMANDS_H_
