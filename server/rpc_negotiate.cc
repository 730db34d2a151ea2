#include "absl/strings/str_cat.h"
#include "proto/convert.h"
#include "proto/protocol_version.h"
#include "server/cluster_service.h"
#include "server/log.h"
#include "server/version.h"

namespace zerod {

grpc::Status ClusterService::Negotiate(grpc::ServerContext* context,
                                       const v1::NegotiateRequest* request,
                                       v1::NegotiateResponse* response) {
  const auto version = CommonProtocol(request->oldest(), request->newest());
  Log(version ? LogLevel::kDebug : LogLevel::kWarning, "client_connected",
      {{"client", ShortName(request->client())},
       {"peer", context->peer()},
       {"oldest", request->oldest()},
       {"newest", request->newest()}});
  if (!version) {
    return ToGrpcStatus(absl::FailedPreconditionError(
        absl::StrCat("the client speaks protocol versions ", request->oldest(), " to ",
                     request->newest(), ", this daemon (zerod ", kVersion, ") ", kOldestProtocol,
                     " to ", kNewestProtocol, ": update the older of the two")));
  }
  response->set_version(*version);
  response->set_server_version(kVersion);
  return grpc::Status::OK;
}

}  // namespace zerod
