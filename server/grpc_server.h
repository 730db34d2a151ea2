#ifndef ZEROD_SERVER_GRPC_SERVER_H_
#define ZEROD_SERVER_GRPC_SERVER_H_

#include <grpcpp/server.h>

#include <memory>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/flags.h"

namespace zerod {

// The control plane's sockets and threads: `services`, health and reflection, on all addresses.
class GrpcServer {
 public:
  // Fills in the ports that the system has chosen. kUnavailable names the address that can't be
  // listened on; kInvalidArgument the file of a TLS flag that can't be read.
  static absl::StatusOr<std::unique_ptr<GrpcServer>> Start(
      const Flags& flags, std::vector<ListenAddress>& addresses,
      std::span<grpc::Service* const> services);
  ~GrpcServer();

  // Health checks say so from now on.
  void SayNotServing();
  // No new calls; those that are under way are cancelled at `deadline`. Returns when all are over.
  void Shutdown(absl::Time deadline);

 private:
  GrpcServer(std::vector<ListenAddress> addresses, std::unique_ptr<grpc::Server> server)
      : addresses_(std::move(addresses)), server_(std::move(server)) {}

  const std::vector<ListenAddress> addresses_;
  const std::unique_ptr<grpc::Server> server_;
};

}  // namespace zerod

#endif  // ZEROD_SERVER_GRPC_SERVER_H_
