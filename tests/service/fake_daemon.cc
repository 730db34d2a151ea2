#include "tests/service/fake_daemon.h"

#include <cstdlib>
#include <filesystem>

#include "absl/time/clock.h"
#include "base/check.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server_builder.h"
#include "proto/protocol_version.h"

namespace zerod {

FakeDaemon::FakeDaemon() {
  negotiated.set_version(kNewestProtocol);
  negotiated.set_server_version("9.9.9");
  std::string pattern = std::filesystem::temp_directory_path() / "fake_daemon.XXXXXX";
  ZEROD_CHECK(mkdtemp(pattern.data()) != nullptr);
  directory_ = pattern;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address(), grpc::InsecureServerCredentials());
  builder.RegisterService(static_cast<v1::Cluster::Service*>(this));
  builder.RegisterService(static_cast<v1::Jobs::Service*>(this));
  builder.RegisterService(static_cast<v1::Trainers::Service*>(this));
  server_ = builder.BuildAndStart();
  ZEROD_CHECK(server_ != nullptr);
}

FakeDaemon::~FakeDaemon() {
  server_->Shutdown();
  server_->Wait();
  std::filesystem::remove_all(directory_);
}

grpc::Status FakeDaemon::Negotiate(grpc::ServerContext* /*context*/,
                                   const v1::NegotiateRequest* request,
                                   v1::NegotiateResponse* response) {
  negotiate_request = *request;
  *response = negotiated;
  return grpc::Status::OK;
}

grpc::Status FakeDaemon::GetStatus(grpc::ServerContext* /*context*/,
                                   const v1::GetStatusRequest* /*request*/,
                                   v1::GetStatusResponse* response) {
  *response = status;
  return error;
}

grpc::Status FakeDaemon::WatchEvents(grpc::ServerContext* /*context*/,
                                     const v1::WatchEventsRequest* request,
                                     grpc::ServerWriter<v1::Event>* writer) {
  watch_request = *request;
  for (const v1::Event& event : events) writer->Write(event);
  return error;
}

grpc::Status FakeDaemon::CreateJob(grpc::ServerContext* /*context*/,
                                   grpc::ServerReader<v1::CreateJobRequest>* reader,
                                   v1::CreateJobResponse* response) {
  v1::CreateJobRequest message;
  while (reader->Read(&message)) {
    created.push_back(message);
    if (created.size() >= create_limit) return create_error;
  }
  response->set_layout_hash(layout_hash);
  return error;
}

grpc::Status FakeDaemon::DescribeJob(grpc::ServerContext* /*context*/,
                                     const v1::DescribeJobRequest* request,
                                     v1::JobDescription* response) {
  describe_request = *request;
  *response = description;
  return error;
}

grpc::Status FakeDaemon::ListJobs(grpc::ServerContext* /*context*/,
                                  const v1::ListJobsRequest* /*request*/,
                                  v1::ListJobsResponse* response) {
  absl::SleepFor(list_pause);
  *response = jobs;
  return error;
}

grpc::Status FakeDaemon::DeleteJob(grpc::ServerContext* /*context*/,
                                   const v1::DeleteJobRequest* request,
                                   v1::DeleteJobResponse* /*response*/) {
  delete_request = *request;
  return error.ok() ? delete_error : error;
}

grpc::Status FakeDaemon::Attach(grpc::ServerContext* /*context*/, const v1::AttachRequest* request,
                                v1::AttachResponse* response) {
  attach_request = *request;
  *response = attached;
  return attach_error;
}

grpc::Status FakeDaemon::Detach(grpc::ServerContext* /*context*/, const v1::DetachRequest* request,
                                v1::DetachResponse* /*response*/) {
  detached.push_back(request->attachment());
  return error;
}

}  // namespace zerod
