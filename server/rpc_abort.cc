#include "base/status_macros.h"
#include "proto/convert.h"
#include "proto/limits.h"
#include "proto/utf8.h"
#include "server/trainers_service.h"

namespace zerod {

absl::Status TrainersService::Abort(const v1::AbortRequest& request) {
  ZEROD_ASSIGN_OR_RETURN(const std::shared_ptr<ServedJob> served, node_.jobs->Find(request.job()));
  ZEROD_ASSIGN_OR_RETURN(const AttachedTrainer trainer,
                         node_.attachments.Find(request.attachment(), served->number));
  return served->job->GiveUp(trainer.rank, trainer.attachment, request.sequence(),
                             MendUtf8(request.reason(), kMaxMessageBytes));
}

grpc::Status TrainersService::Abort(grpc::ServerContext* /*context*/,
                                    const v1::AbortRequest* request,
                                    v1::AbortResponse* /*response*/) {
  return ToGrpcStatus(Abort(*request));
}

}  // namespace zerod
