#include "base/status_macros.h"
#include "client/service/service_impl.h"
#include "client/zeroctl/commands.h"
#include "client/zeroctl/json_line.h"
#include "client/zeroctl/units.h"

namespace zerod {

bool ConfirmDelete(const Invocation& invocation, std::istream& in, std::ostream& out) {
  out << "Delete job " << Printable(invocation.job) << " and all its state, everywhere? [y/N] "
      << std::flush;
  std::string answer;
  return std::getline(in, answer) && (answer == "y" || answer == "yes");
}

absl::Status RunDelete(const Connection& connection, const Invocation& invocation,
                       std::ostream& out) {
  ZEROD_RETURN_IF_ERROR(DeleteJob(connection, {invocation.job, invocation.token}));
  if (invocation.json) {
    out << JsonLine({{"deleted", invocation.job}});
  } else {
    out << "deleted " << Printable(invocation.job) << "\n";
  }
  return absl::OkStatus();
}

}  // namespace zerod
