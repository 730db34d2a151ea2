#include "absl/strings/str_cat.h"
#include "base/option_file.h"
#include "base/status_macros.h"
#include "client/service/connection.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/support/channel_arguments.h"
#include "proto/limits.h"

namespace zerod {
namespace {

absl::Status CheckOptions(const ServiceOptions& options) {
  const auto check = [](absl::string_view name, absl::Duration duration) {
    if (duration > absl::ZeroDuration()) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat(name, " is ", absl::FormatDuration(duration), "; it must be positive"));
  };
  ZEROD_RETURN_IF_ERROR(check("connect_deadline", options.connect_deadline));
  ZEROD_RETURN_IF_ERROR(check("call_deadline", options.call_deadline));
  ZEROD_RETURN_IF_ERROR(check("create_deadline", options.create_deadline));
  if (options.tls_certificate.empty() != options.tls_key.empty()) {
    return absl::InvalidArgumentError(
        "tls_certificate and tls_key belong together; only one of them is set");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadPem(absl::string_view option, const std::string& path) {
  if (path.empty()) return std::string();
  return ReadOptionFile(option, path);
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> Credentials(const ServiceOptions& options,
                                                                      const Address& address) {
  const bool uses_tls = !options.tls_ca.empty() || !options.tls_certificate.empty();
  if (address.is_local || !uses_tls) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions ssl;
  ZEROD_ASSIGN_OR_RETURN(ssl.pem_root_certs, ReadPem("tls_ca", options.tls_ca));
  ZEROD_ASSIGN_OR_RETURN(ssl.pem_cert_chain, ReadPem("tls_certificate", options.tls_certificate));
  ZEROD_ASSIGN_OR_RETURN(ssl.pem_private_key, ReadPem("tls_key", options.tls_key));
  return grpc::SslCredentials(ssl);
}

grpc::ChannelArguments Arguments(const Address& address) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxRpcBytes);
  arguments.SetMaxSendMessageSize(kMaxRpcBytes);
  // Else connections of one process share what failed before, and wait with it.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  if (!address.is_local) {
    // Else who only listens never learns that the other host has vanished.
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
    arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);  // as many as it takes
  }
  return arguments;
}

}  // namespace

absl::StatusOr<Connection> OpenChannel(const ServiceOptions& options) {
  ZEROD_RETURN_IF_ERROR(CheckOptions(options));
  Connection connection{.options = options};
  ZEROD_ASSIGN_OR_RETURN(connection.address, ParseAddress(options.address));
  ZEROD_ASSIGN_OR_RETURN(const std::shared_ptr<grpc::ChannelCredentials> credentials,
                         Credentials(options, connection.address));
  connection.channel = grpc::CreateCustomChannel(GrpcTarget(connection.address), credentials,
                                                 Arguments(connection.address));
  connection.cluster = v1::Cluster::NewStub(connection.channel);
  connection.jobs = v1::Jobs::NewStub(connection.channel);
  connection.trainers = v1::Trainers::NewStub(connection.channel);
  return connection;
}

}  // namespace zerod
