#ifndef ZEROD_SERVER_CLUSTER_SERVICE_H_
#define ZEROD_SERVER_CLUSTER_SERVICE_H_

#include "absl/status/status.h"
#include "server/node.h"
#include "zerod/v1/cluster.grpc.pb.h"

namespace zerod {

// zerod.v1.Cluster, an RPC per file: rpc_negotiate.cc and so on.
class ClusterService final : public v1::Cluster::Service {
 public:
  explicit ClusterService(Node* node) : node_(*node) {}

  grpc::Status Negotiate(grpc::ServerContext* context, const v1::NegotiateRequest* request,
                         v1::NegotiateResponse* response) override;
  grpc::Status GetStatus(grpc::ServerContext* context, const v1::GetStatusRequest* request,
                         v1::GetStatusResponse* response) override;
  grpc::Status WatchEvents(grpc::ServerContext* context, const v1::WatchEventsRequest* request,
                           grpc::ServerWriter<v1::Event>* writer) override;

 private:
  absl::Status WatchEvents(grpc::ServerContext& context, const v1::WatchEventsRequest& request,
                           grpc::ServerWriter<v1::Event>& writer);

  Node& node_;
};

}  // namespace zerod

#endif  // ZEROD_SERVER_CLUSTER_SERVICE_H_
