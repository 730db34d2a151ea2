#include "base/status_macros.h"
#include "client/zeroctl/commands.h"
#include "client/zeroctl/json_line.h"
#include "client/zeroctl/reports.h"

namespace zerod {

absl::Status RunJobs(const Connection& connection, const Invocation& invocation,
                     std::ostream& out) {
  ZEROD_ASSIGN_OR_RETURN(
      const v1::ListJobsResponse jobs,
      CallDaemon(connection, &v1::Jobs::Stub::ListJobs, {}, invocation.service.call_deadline));
  out << (invocation.json ? JsonLine(JobsJson(jobs)) : JobsText(jobs));
  return absl::OkStatus();
}

}  // namespace zerod
