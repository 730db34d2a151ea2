#ifndef ZEROD_CLIENT_SERVICE_CONNECTION_H_
#define ZEROD_CLIENT_SERVICE_CONNECTION_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/service/address.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "zerod/service.h"
#include "zerod/v1/cluster.grpc.pb.h"
#include "zerod/v1/job.grpc.pb.h"
#include "zerod/v1/trainer.grpc.pb.h"

namespace zerod {

// A channel to a daemon that speaks a common protocol. Shared by a Service and its trainers; the
// stubs are thread-safe.
struct Connection {
  ServiceOptions options;
  Address address;
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<v1::Cluster::Stub> cluster;
  std::unique_ptr<v1::Jobs::Stub> jobs;
  std::unique_ptr<v1::Trainers::Stub> trainers;
  std::uint32_t protocol = 0;
};

// A channel that has not tried to connect. kInvalidArgument names the option that is wrong.
absl::StatusOr<Connection> OpenChannel(const ServiceOptions& options);
// OpenChannel, and agrees on a protocol; errors are those of Service::Connect. `client` is for the
// daemon's log.
absl::StatusOr<std::shared_ptr<const Connection>> ConnectTo(const ServiceOptions& options,
                                                            const std::string& client);

// Does nothing for absl::InfiniteDuration().
void SetDeadline(grpc::ClientContext& context, absl::Duration timeout);
// The daemon's own errors as they are; those of the way there get the address.
absl::Status ExplainCall(const Connection& connection, const grpc::Status& status,
                         absl::Duration timeout);

// One call with one answer: CallDaemon(connection, *connection.jobs, &v1::Jobs::Stub::DescribeJob,
// ...).
template <typename Stub, typename Request, typename Response>
absl::StatusOr<Response> CallDaemon(const Connection& connection, Stub& stub,
                                    grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                                 const Request&, Response*),
                                    const Request& request, absl::Duration timeout) {
  grpc::ClientContext context;
  SetDeadline(context, timeout);
  Response response;
  const grpc::Status status = (stub.*method)(&context, request, &response);
  if (!status.ok()) return ExplainCall(connection, status, timeout);
  return response;
}

}  // namespace zerod

#endif  // ZEROD_CLIENT_SERVICE_CONNECTION_H_
