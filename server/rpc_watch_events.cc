#include "base/status_macros.h"
#include "proto/convert.h"
#include "server/cluster_service.h"

namespace zerod {
namespace {

// A synchronous handler can't be told that its client is gone: it has to look.
constexpr absl::Duration kLookAfter = absl::Milliseconds(500);

bool Concerns(const v1::Event& event, const std::string& job) {
  return job.empty() || event.job() == job || event.kind() == v1::EVENT_KIND_EVENTS_LOST ||
         event.kind() == v1::EVENT_KIND_DAEMON_STOPPING;
}

}  // namespace

absl::Status ClusterService::WatchEvents(grpc::ServerContext& context,
                                         const v1::WatchEventsRequest& request,
                                         grpc::ServerWriter<v1::Event>& writer) {
  ZEROD_ASSIGN_OR_RETURN(EventLog::Watcher watcher, node_.events->Watch());
  absl::Duration patience = absl::ZeroDuration();  // what is there already
  do {
    for (const v1::Event& event : watcher.Next(patience)) {
      if (Concerns(event, request.job()) && !writer.Write(event)) {
        return absl::CancelledError("the watcher is gone");
      }
    }
    patience = kLookAfter;
  } while (request.follow() && !watcher.IsAtEnd() && !context.IsCancelled());
  return absl::OkStatus();
}

grpc::Status ClusterService::WatchEvents(grpc::ServerContext* context,
                                         const v1::WatchEventsRequest* request,
                                         grpc::ServerWriter<v1::Event>* writer) {
  return ToGrpcStatus(WatchEvents(*context, *request, *writer));
}

}  // namespace zerod
