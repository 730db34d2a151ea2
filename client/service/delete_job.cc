#include "client/service/service_impl.h"

namespace zerod {

absl::Status DeleteJob(const Connection& connection, const JobKey& job) {
  v1::DeleteJobRequest request;
  request.set_job(job.name);
  request.set_token(job.token);
  return CallDaemon(connection, *connection.jobs, &v1::Jobs::Stub::DeleteJob, request,
                    connection.options.call_deadline)
      .status();
}

absl::Status ServiceImpl::DeleteJob(const std::string& job, const std::string& token) {
  return zerod::DeleteJob(*connection_, {job, token});
}

}  // namespace zerod
