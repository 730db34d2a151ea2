#ifndef ZEROD_SERVER_COMMAND_LINE_H_
#define ZEROD_SERVER_COMMAND_LINE_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "server/flags.h"

namespace zerod {

struct CommandLine {
  Flags flags;
  std::optional<std::string> answer;  // to --help or --version: to be printed instead of running
};

// Reads the command line, and the file that --config names. The flags are valid.
// kInvalidArgument says what is wrong with which.
absl::StatusOr<CommandLine> ParseCommandLine(int argc, const char* const* argv);

}  // namespace zerod

#endif  // ZEROD_SERVER_COMMAND_LINE_H_
