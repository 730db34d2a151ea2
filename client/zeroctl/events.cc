#include "base/status_macros.h"
#include "client/zeroctl/commands.h"
#include "client/zeroctl/json_line.h"
#include "client/zeroctl/reports.h"
#include "proto/limits.h"

namespace zerod {

absl::Status RunEvents(const Connection& connection, const Invocation& invocation,
                       std::ostream& out) {
  ZEROD_RETURN_IF_ERROR(CheckJobKey(invocation.job, invocation.token));
  v1::WatchEventsRequest request;
  request.set_job(invocation.job);
  request.set_follow(invocation.follow);
  const absl::Duration timeout =
      invocation.follow ? absl::InfiniteDuration() : invocation.service.call_deadline;
  grpc::ClientContext context;
  SetDeadline(context, timeout);
  const auto reader = connection.cluster->WatchEvents(&context, request);
  v1::Event event;
  // Flushed one by one: somebody may be watching. Who has stopped reading ends it.
  while (out && reader->Read(&event)) {
    out << (invocation.json ? JsonLine(EventJson(event)) : EventText(event, absl::LocalTimeZone()))
        << std::flush;
  }
  if (!out) context.TryCancel();
  const grpc::Status status = reader->Finish();
  if (!out || status.ok()) return absl::OkStatus();
  return ExplainCall(connection, status, timeout);
}

}  // namespace zerod
