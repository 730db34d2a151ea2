#ifndef ZEROD_SERVER_JOBS_SERVICE_H_
#define ZEROD_SERVER_JOBS_SERVICE_H_

#include <atomic>

#include "absl/status/statusor.h"
#include "server/node.h"
#include "zerod/v1/job.grpc.pb.h"

namespace zerod {

// zerod.v1.Jobs, an RPC per file: rpc_create_job.cc and so on.
class JobsService final : public v1::Jobs::Service {
 public:
  explicit JobsService(Node* node) : node_(*node) {}

  grpc::Status CreateJob(grpc::ServerContext* context,
                         grpc::ServerReader<v1::CreateJobRequest>* reader,
                         v1::CreateJobResponse* response) override;
  grpc::Status DescribeJob(grpc::ServerContext* context, const v1::DescribeJobRequest* request,
                           v1::JobDescription* response) override;
  grpc::Status ListJobs(grpc::ServerContext* context, const v1::ListJobsRequest* request,
                        v1::ListJobsResponse* response) override;
  grpc::Status DeleteJob(grpc::ServerContext* context, const v1::DeleteJobRequest* request,
                         v1::DeleteJobResponse* response) override;

 private:
  absl::StatusOr<std::uint64_t> CreateJob(grpc::ServerContext& context,
                                          grpc::ServerReader<v1::CreateJobRequest>& reader,
                                          std::string& name);
  absl::StatusOr<v1::JobDescription> DescribeJob(const v1::DescribeJobRequest& request);
  absl::Status DeleteJob(const v1::DeleteJobRequest& request);

  Node& node_;
  std::atomic<int> creation_count_ = 0;  // CreateJob calls under way
};

}  // namespace zerod

#endif  // ZEROD_SERVER_JOBS_SERVICE_H_
