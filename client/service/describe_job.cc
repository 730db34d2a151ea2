#include "base/status_macros.h"
#include "client/service/service_impl.h"
#include "proto/convert.h"
#include "proto/limits.h"

namespace zerod {

absl::StatusOr<v1::JobDescription> DescribeJob(const Connection& connection, const JobKey& job,
                                               bool with_spec) {
  ZEROD_RETURN_IF_ERROR(CheckJobKey(job.name, job.token));
  v1::DescribeJobRequest request;
  request.set_job(job.name);
  request.set_token(job.token);
  request.set_with_spec(with_spec);
  return CallDaemon(connection, &v1::Jobs::Stub::DescribeJob, request,
                    connection.options.call_deadline);
}

absl::StatusOr<JobStatistics> ServiceImpl::Statistics(const std::string& job,
                                                      const std::string& token) {
  ZEROD_ASSIGN_OR_RETURN(const v1::JobDescription description,
                         DescribeJob(*connection_, {job, token}, false));
  return FromProto(description);
}

}  // namespace zerod
