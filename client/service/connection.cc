#include "client/service/connection.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "proto/convert.h"
#include "proto/protocol_version.h"

namespace zerod {
namespace {

// Why no protocol could be agreed on. What gRPC says of a stranger's answer is of no use to people.
absl::Status ExplainNegotiation(const Connection& connection, const grpc::Status& status,
                                absl::Time deadline) {
  const std::string& address = connection.options.address;
  switch (status.error_code()) {
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return absl::UnavailableError(
          absl::StrCat("what listens at ", address, " did not answer within ",
                       absl::FormatDuration(connection.options.connect_deadline),
                       "; it does not speak zerod's protocol, hangs, or can't be reached"));
    case grpc::StatusCode::UNIMPLEMENTED:
      return absl::UnavailableError(
          absl::StrCat("what listens at ", address,
                       " does not speak zerod's protocol; it is some other gRPC server"));
    case grpc::StatusCode::UNAVAILABLE:
      if (absl::Status probe = ProbeListener(connection.address, deadline); !probe.ok()) {
        return absl::UnavailableError(absl::StrCat("no daemon answers at ", address, ": ",
                                                   probe.message(), "; is it running?"));
      }
      return absl::UnavailableError(
          absl::StrCat("what listens at ", address, " does not speak zerod's protocol",
                       connection.address.is_local ? "" : ", or differs about TLS", ": ",
                       status.error_message()));
    default:
      return FromGrpcStatus(status);
  }
}

}  // namespace

void SetDeadline(grpc::ClientContext& context, absl::Duration timeout) {
  constexpr absl::Duration kForever = absl::Hours(24 * 365);  // beyond it the clock may overflow
  if (timeout > kForever) return;
  context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
}

absl::Status ExplainCall(const Connection& connection, const grpc::Status& status,
                         absl::Duration timeout) {
  const std::string& address = connection.options.address;
  // Only gRPC itself, on this side, says no more than this.
  if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED &&
      status.error_message() == "Deadline Exceeded") {
    return absl::DeadlineExceededError(absl::StrCat(
        "the daemon at ", address, " did not answer within ", absl::FormatDuration(timeout)));
  }
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE) {
    const bool was_silent = status.error_message() == "keepalive watchdog timeout";
    return absl::UnavailableError(
        absl::StrCat("the daemon at ", address, " is not available: ",
                     was_silent ? "it has stopped answering; its host is gone, or it hangs"
                                : status.error_message()));
  }
  return FromGrpcStatus(status);
}

absl::StatusOr<std::shared_ptr<const Connection>> ConnectTo(const ServiceOptions& options,
                                                            const std::string& client) {
  ZEROD_ASSIGN_OR_RETURN(Connection connection, OpenChannel(options));
  v1::NegotiateRequest request;
  request.set_oldest(kOldestProtocol);
  request.set_newest(kNewestProtocol);
  request.set_client(client);
  v1::NegotiateResponse response;
  grpc::ClientContext context;
  const absl::Time deadline = absl::Now() + options.connect_deadline;
  SetDeadline(context, options.connect_deadline);
  const grpc::Status status = connection.cluster->Negotiate(&context, request, &response);
  if (!status.ok()) return ExplainNegotiation(connection, status, deadline);
  if (response.version() < kOldestProtocol || response.version() > kNewestProtocol) {
    return absl::FailedPreconditionError(
        absl::StrCat("the daemon at ", options.address, " (version ", response.server_version(),
                     ") chose protocol ", response.version(), "; this client speaks ",
                     kOldestProtocol, " to ", kNewestProtocol));
  }
  return std::make_shared<const Connection>(std::move(connection));
}

}  // namespace zerod
