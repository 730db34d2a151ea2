#ifndef ZEROD_CLIENT_ZEROCTL_INVOCATION_H_
#define ZEROD_CLIENT_ZEROCTL_INVOCATION_H_

#include <optional>
#include <string>

#include "zerod/service.h"

namespace zerod {

inline constexpr int kExitError = 1;
inline constexpr int kExitUsage = 2;

enum class Command { kStatus, kJobs, kJob, kDelete, kEvents };

struct Invocation {
  Command command = Command::kStatus;
  ServiceOptions service;
  bool json = false;
  std::string job;  // of job, delete; and of events, where empty means all
  std::string token;
  bool yes = false;
  bool follow = false;
};

// Nothing when there is something to do; else what to exit with, having printed why (or the help).
std::optional<int> ParseInvocation(int argc, const char* const* argv, Invocation& parsed);

}  // namespace zerod

#endif  // ZEROD_CLIENT_ZEROCTL_INVOCATION_H_
