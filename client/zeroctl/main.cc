// zeroctl: looks after a zerod daemon and its jobs. Exits with 0, with 1 after an error, or with 2
// when it was called wrongly.
#include <unistd.h>

#include <iostream>

#include "base/status_macros.h"
#include "client/zeroctl/commands.h"
#include "client/zeroctl/units.h"

namespace zerod {
namespace {

absl::Status Run(const Invocation& invocation) {
  ZEROD_ASSIGN_OR_RETURN(const std::shared_ptr<const Connection> connection,
                         ConnectTo(invocation.service, "zeroctl " ZEROD_VERSION));
  switch (invocation.command) {
    case Command::kStatus:
      return RunStatus(*connection, invocation, std::cout);
    case Command::kJobs:
      return RunJobs(*connection, invocation, std::cout);
    case Command::kJob:
      return RunJob(*connection, invocation, std::cout);
    case Command::kDelete:
      return RunDelete(*connection, invocation, std::cout);
    case Command::kEvents:
      return RunEvents(*connection, invocation, std::cout);
  }
  return absl::InternalError("an unknown command");
}

int Main(int argc, const char* const* argv) {
  Invocation invocation;
  if (const std::optional<int> code = ParseInvocation(argc, argv, invocation)) return *code;
  if (invocation.command == Command::kDelete && !invocation.yes) {
    if (isatty(STDIN_FILENO) == 0) {
      std::cerr << "zeroctl: deleting a job destroys its state; say --yes\n";
      return kExitUsage;
    }
    if (!ConfirmDelete(invocation, std::cin, std::cerr)) {
      std::cerr << "zeroctl: not deleted\n";
      return kExitError;
    }
  }
  absl::Status status = Run(invocation);
  if (status.ok() && !std::cout.flush()) status = absl::DataLossError("can't write to stdout");
  if (status.ok()) return 0;
  std::cerr << "zeroctl: " << Printable(status.message()) << "\n";
  return kExitError;
}

}  // namespace
}  // namespace zerod

int main(int argc, char** argv) { return zerod::Main(argc, argv); }
