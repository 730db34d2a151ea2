#include "server/grpc_server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include "absl/strings/str_cat.h"
#include "base/option_file.h"
#include "base/status_macros.h"
#include "ipc/listening_socket.h"
#include "proto/limits.h"
#include "server/unix_socket.h"

namespace zerod {
namespace {

// A call holds one: up to 32 watchers, 32 creations, and the rest for short calls.
constexpr int kMaxThreads = 128;
// Of messages on their way in and out; beyond it, clients wait.
constexpr std::size_t kMaxMessageMemory = std::size_t{2} << 30;

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> TcpCredentials(const Flags& flags) {
  if (!flags.UsesTls()) return grpc::InsecureServerCredentials();  // loopback only: ValidateFlags
  grpc::SslServerCredentialsOptions options(
      GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  grpc::SslServerCredentialsOptions::PemKeyCertPair pair;
  ZEROD_ASSIGN_OR_RETURN(pair.private_key, ReadOptionFile("--tls-key", flags.tls_key));
  ZEROD_ASSIGN_OR_RETURN(pair.cert_chain, ReadOptionFile("--tls-cert", flags.tls_cert));
  options.pem_key_cert_pairs.push_back(std::move(pair));
  ZEROD_ASSIGN_OR_RETURN(options.pem_root_certs, ReadOptionFile("--tls-ca", flags.tls_ca));
  return grpc::SslServerCredentials(options);
}

void SetLimits(grpc::ServerBuilder& builder) {
  grpc::ResourceQuota quota("zerod");
  quota.SetMaxThreads(kMaxThreads);
  quota.Resize(kMaxMessageMemory);
  builder.SetResourceQuota(quota);
  builder.SetMaxReceiveMessageSize(kMaxRpcBytes);
  builder.SetMaxSendMessageSize(kMaxRpcBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxThreads);
  // Two daemons must not share a port, half of the calls each.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  // gRPC's own limit of five minutes would turn away clients that ask every kKeepaliveMs.
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             kShortestPingIntervalMs);
}

}  // namespace

absl::StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Start(
    const Flags& flags, std::vector<ListenAddress>& addresses,
    std::span<grpc::Service* const> services) {
  ZEROD_ASSIGN_OR_RETURN(const auto tcp_credentials, TcpCredentials(flags));
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  SetLimits(builder);
  std::vector<int> ports(addresses.size());
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const bool is_unix = addresses[i].kind == ListenAddress::Kind::kUnix;
    if (is_unix) ZEROD_RETURN_IF_ERROR(RemoveStaleSocket(addresses[i].path));
    builder.AddListeningPort(addresses[i].GrpcAddress(),
                             is_unix ? grpc::InsecureServerCredentials() : tcp_credentials,
                             &ports[i]);
  }
  for (grpc::Service* service : services) builder.RegisterService(service);
  std::unique_ptr<grpc::Server> server;
  {
    const SocketModeScope mode(flags.socket_mode);
    server = builder.BuildAndStart();
  }
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    // gRPC does not say why: a path that is not writable, a port in use, a bad certificate.
    if (ports[i] <= 0) {
      return absl::UnavailableError(
          absl::StrCat("can't listen on ", addresses[i].ToText(),
                       ": the address is in use, not allowed, or the TLS files don't fit"));
    }
    if (addresses[i].kind == ListenAddress::Kind::kTcp) addresses[i].port = ports[i];
  }
  if (server == nullptr) return absl::InternalError("gRPC did not start, and does not say why");
  return std::unique_ptr<GrpcServer>(new GrpcServer(addresses, std::move(server)));
}

GrpcServer::~GrpcServer() {
  Shutdown(absl::InfinitePast());
  for (const ListenAddress& address : addresses_) {
    if (address.kind == ListenAddress::Kind::kUnix) RemoveSocket(address.path);
  }
}

void GrpcServer::SayNotServing() {
  if (auto* health = server_->GetHealthCheckService()) health->SetServingStatus(false);
}

void GrpcServer::Shutdown(absl::Time deadline) {
  server_->Shutdown(absl::ToChronoTime(deadline));
  server_->Wait();
}

}  // namespace zerod
