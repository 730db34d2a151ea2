#ifndef ZEROD_TESTS_SERVICE_FAKE_DAEMON_H_
#define ZEROD_TESTS_SERVICE_FAKE_DAEMON_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "grpcpp/server.h"
#include "zerod/v1/cluster.grpc.pb.h"
#include "zerod/v1/job.grpc.pb.h"
#include "zerod/v1/trainer.grpc.pb.h"

namespace zerod {

// Speaks the protocol, holds no job: gives the answers a test has put here and notes the requests.
// Set the answers before the first call.
class FakeDaemon final : public v1::Cluster::Service,
                         public v1::Jobs::Service,
                         public v1::Trainers::Service {
 public:
  FakeDaemon();
  ~FakeDaemon() override;

  std::string address() const { return "unix:" + directory_ + "/socket"; }
  void Stop() { server_->Shutdown(); }

  v1::NegotiateResponse negotiated;
  grpc::Status error;  // of every call but Negotiate
  v1::GetStatusResponse status;
  std::vector<v1::Event> events;
  v1::JobDescription description;
  v1::ListJobsResponse jobs;
  absl::Duration list_pause;  // before ListJobs is answered
  v1::AttachResponse attached;
  grpc::Status attach_error;
  std::uint64_t layout_hash = 0;
  std::size_t create_limit = SIZE_MAX;  // messages after which `create_error` is the answer
  grpc::Status create_error;
  grpc::Status delete_error;

  // What was asked.
  v1::NegotiateRequest negotiate_request;
  std::vector<v1::CreateJobRequest> created;
  v1::DescribeJobRequest describe_request;
  v1::DeleteJobRequest delete_request;
  v1::WatchEventsRequest watch_request;
  v1::AttachRequest attach_request;
  std::vector<std::uint64_t> detached;

 private:
  grpc::Status Negotiate(grpc::ServerContext* context, const v1::NegotiateRequest* request,
                         v1::NegotiateResponse* response) override;
  grpc::Status GetStatus(grpc::ServerContext* context, const v1::GetStatusRequest* request,
                         v1::GetStatusResponse* response) override;
  grpc::Status WatchEvents(grpc::ServerContext* context, const v1::WatchEventsRequest* request,
                           grpc::ServerWriter<v1::Event>* writer) override;
  grpc::Status CreateJob(grpc::ServerContext* context,
                         grpc::ServerReader<v1::CreateJobRequest>* reader,
                         v1::CreateJobResponse* response) override;
  grpc::Status DescribeJob(grpc::ServerContext* context, const v1::DescribeJobRequest* request,
                           v1::JobDescription* response) override;
  grpc::Status ListJobs(grpc::ServerContext* context, const v1::ListJobsRequest* request,
                        v1::ListJobsResponse* response) override;
  grpc::Status DeleteJob(grpc::ServerContext* context, const v1::DeleteJobRequest* request,
                         v1::DeleteJobResponse* response) override;
  grpc::Status Attach(grpc::ServerContext* context, const v1::AttachRequest* request,
                      v1::AttachResponse* response) override;
  grpc::Status Detach(grpc::ServerContext* context, const v1::DetachRequest* request,
                      v1::DetachResponse* response) override;

  std::string directory_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace zerod

#endif  // ZEROD_TESTS_SERVICE_FAKE_DAEMON_H_
