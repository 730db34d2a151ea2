#ifndef ZEROD_CLIENT_ZEROCTL_COMMANDS_H_
#define ZEROD_CLIENT_ZEROCTL_COMMANDS_H_

#include <istream>
#include <ostream>

#include "absl/status/status.h"
#include "client/service/connection.h"
#include "client/zeroctl/invocation.h"

namespace zerod {

// One subcommand each, one per file: asks the daemon and prints to `out`.
absl::Status RunStatus(const Connection& connection, const Invocation& invocation,
                       std::ostream& out);
absl::Status RunJobs(const Connection& connection, const Invocation& invocation, std::ostream& out);
absl::Status RunJob(const Connection& connection, const Invocation& invocation, std::ostream& out);
absl::Status RunEvents(const Connection& connection, const Invocation& invocation,
                       std::ostream& out);
absl::Status RunDelete(const Connection& connection, const Invocation& invocation,
                       std::ostream& out);

// Asks on `out` whether to delete the job, and reads the answer from `in`.
bool ConfirmDelete(const Invocation& invocation, std::istream& in, std::ostream& out);

}  // namespace zerod

#endif  // ZEROD_CLIENT_ZEROCTL_COMMANDS_H_
