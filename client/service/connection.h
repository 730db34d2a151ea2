#ifndef ZEROD_CLIENT_SERVICE_CONNECTION_H_
#define ZEROD_CLIENT_SERVICE_CONNECTION_H_

#include <memory>
#include <string>
#include <type_traits>

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
};

// A channel that has not tried to connect. kInvalidArgument names the option that is wrong.
absl::StatusOr<Connection> OpenChannel(const ServiceOptions& options);
// OpenChannel, and agrees on a protocol; errors are those of Service::Connect. `client` is for the
// daemon's log.
absl::StatusOr<std::shared_ptr<const Connection>> ConnectTo(const ServiceOptions& options,
                                                            const std::string& client);

// Does nothing for absl::InfiniteDuration().
void SetDeadline(grpc::ClientContext& context, absl::Duration timeout);
// What a call's error is to its caller. A deadline that this side kept and kUnavailable, the
// daemon's own included, get the address; everything else is as it came. gRPC has errors of its own
// there, too, such as kResourceExhausted for a message beyond kMaxRpcBytes: nothing tells them
// apart.
absl::Status ExplainCall(const Connection& connection, const grpc::Status& status,
                         absl::Duration timeout);

template <typename Stub>
Stub& StubOf(const Connection& connection) {
  if constexpr (std::is_same_v<Stub, v1::Cluster::Stub>) {
    return *connection.cluster;
  } else if constexpr (std::is_same_v<Stub, v1::Jobs::Stub>) {
    return *connection.jobs;
  } else {
    static_assert(std::is_same_v<Stub, v1::Trainers::Stub>);
    return *connection.trainers;
  }
}

// One call with one answer: CallDaemon(connection, &v1::Jobs::Stub::DescribeJob, request, timeout).
template <typename Stub, typename Request, typename Response>
absl::StatusOr<Response> CallDaemon(const Connection& connection,
                                    grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                                 const Request&, Response*),
                                    const Request& request, absl::Duration timeout) {
  grpc::ClientContext context;
  SetDeadline(context, timeout);
  Response response;
  const grpc::Status status = (StubOf<Stub>(connection).*method)(&context, request, &response);
  if (!status.ok()) return ExplainCall(connection, status, timeout);
  return response;
}

}  // namespace zerod

#endif  // ZEROD_CLIENT_SERVICE_CONNECTION_H_
