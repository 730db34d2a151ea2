#include "proto/convert.h"
#include "server/cluster_service.h"

namespace zerod {

grpc::Status ClusterService::GetStatus(grpc::ServerContext* /*context*/,
                                       const v1::GetStatusRequest* /*request*/,
                                       v1::GetStatusResponse* response) {
  v1::PeerRequest request;
  request.mutable_describe_node();
  response->set_answering_node(node_.index);
  for (Peers::Answer& answer : node_.peers->CallAll(request, node_.flags.peer_deadline)) {
    if (!answer.ok()) return ToGrpcStatus(answer.status());
    v1::NodeStatus& status = *response->add_nodes();
    status = std::move(*answer->mutable_node());
    status.set_first_rank(node_.ranks.first_rank(status.node()));
  }
  return grpc::Status::OK;
}

}  // namespace zerod
