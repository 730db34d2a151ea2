#include "base/status_macros.h"
#include "client/service/service_impl.h"
#include "client/zeroctl/commands.h"
#include "client/zeroctl/json_line.h"
#include "client/zeroctl/reports.h"

namespace zerod {

absl::Status RunJob(const Connection& connection, const Invocation& invocation, std::ostream& out) {
  ZEROD_ASSIGN_OR_RETURN(const v1::JobDescription job,
                         DescribeJob(connection, {invocation.job, invocation.token}, false));
  out << (invocation.json ? JsonLine(JobJson(job)) : JobText(job));
  return absl::OkStatus();
}

}  // namespace zerod
