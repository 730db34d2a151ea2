#include "base/status_macros.h"
#include "client/zeroctl/commands.h"
#include "client/zeroctl/json_line.h"
#include "client/zeroctl/reports.h"

namespace zerod {

absl::Status RunStatus(const Connection& connection, const Invocation& invocation,
                       std::ostream& out) {
  ZEROD_ASSIGN_OR_RETURN(
      const v1::GetStatusResponse status,
      CallDaemon(connection, &v1::Cluster::Stub::GetStatus, {}, invocation.service.call_deadline));
  out << (invocation.json ? JsonLine(StatusJson(status)) : StatusText(status));
  return absl::OkStatus();
}

}  // namespace zerod
