#include "base/status_macros.h"
#include "proto/convert.h"
#include "server/jobs_service.h"

namespace zerod {

absl::Status JobsService::DeleteJob(const v1::DeleteJobRequest& request) {
  v1::PeerRequest peer_request;
  {
    ZEROD_ASSIGN_OR_RETURN(const std::shared_ptr<ServedJob> served,
                           node_.jobs->Find(request.job(), request.token()));
    peer_request.mutable_drop()->set_number(served->number);
  }  // or this call itself would keep the job's memory
  absl::Status status;
  for (const Peers::Answer& answer :
       node_.peers->CallAll(peer_request, node_.flags.peer_deadline)) {
    status.Update(answer.status());
  }
  return status;
}

grpc::Status JobsService::DeleteJob(grpc::ServerContext* /*context*/,
                                    const v1::DeleteJobRequest* request,
                                    v1::DeleteJobResponse* /*response*/) {
  return ToGrpcStatus(DeleteJob(*request));
}

}  // namespace zerod
