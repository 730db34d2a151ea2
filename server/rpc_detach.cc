#include "base/status_macros.h"
#include "proto/convert.h"
#include "server/trainer_events.h"
#include "server/trainers_service.h"

namespace zerod {

absl::Status TrainersService::Detach(const v1::DetachRequest& request) {
  ZEROD_ASSIGN_OR_RETURN(const std::shared_ptr<ServedJob> served, node_.jobs->Find(request.job()));
  ZEROD_RETURN_IF_ERROR(node_.attachments.Find(request.attachment(), served->number).status());
  const auto trainer = node_.attachments.Take(request.attachment());
  if (!trainer) return absl::OkStatus();  // somebody else has just ended it
  node_.handshake->Withdraw(trainer->ticket);
  served->job->Detach(trainer->rank, trainer->attachment, "left");
  AppendTrainerEvent(node_, v1::EVENT_KIND_TRAINER_DETACHED, *trainer, "left");
  return absl::OkStatus();
}

grpc::Status TrainersService::Detach(grpc::ServerContext* /*context*/,
                                     const v1::DetachRequest* request,
                                     v1::DetachResponse* /*response*/) {
  return ToGrpcStatus(Detach(*request));
}

}  // namespace zerod
