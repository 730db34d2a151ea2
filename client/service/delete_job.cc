#include "base/status_macros.h"
#include "client/service/service_impl.h"
#include "proto/limits.h"

namespace zerod {

absl::Status DeleteJob(const Connection& connection, const JobKey& job) {
  ZEROD_RETURN_IF_ERROR(CheckJobKey(job.name, job.token));
  v1::DeleteJobRequest request;
  request.set_job(job.name);
  request.set_token(job.token);
  return CallDaemon(connection, &v1::Jobs::Stub::DeleteJob, request,
                    connection.options.call_deadline)
      .status();
}

absl::Status ServiceImpl::DeleteJob(const std::string& job, const std::string& token) {
  return zerod::DeleteJob(*connection_, {job, token});
}

}  // namespace zerod
