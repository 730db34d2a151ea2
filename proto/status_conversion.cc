#include <string>

#include "proto/convert.h"
#include "proto/limits.h"
#include "proto/utf8.h"

namespace zerod {
namespace {

constexpr int kLastCode = static_cast<int>(absl::StatusCode::kUnauthenticated);
static_assert(kLastCode == grpc::StatusCode::UNAUTHENTICATED);

}  // namespace

absl::Status StatusFromCode(int code, absl::string_view message) {
  const bool is_code = code >= 0 && code <= kLastCode;
  return {is_code ? static_cast<absl::StatusCode>(code) : absl::StatusCode::kUnknown, message};
}

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  return {static_cast<grpc::StatusCode>(status.code()),
          MendUtf8(status.message(), kMaxMessageBytes)};
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  return StatusFromCode(status.error_code(), status.error_message());
}

}  // namespace zerod
