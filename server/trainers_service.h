#ifndef ZEROD_SERVER_TRAINERS_SERVICE_H_
#define ZEROD_SERVER_TRAINERS_SERVICE_H_

#include "absl/status/statusor.h"
#include "server/node.h"
#include "zerod/v1/trainer.grpc.pb.h"

namespace zerod {

// zerod.v1.Trainers, an RPC per file: rpc_attach.cc and so on.
class TrainersService final : public v1::Trainers::Service {
 public:
  explicit TrainersService(Node* node) : node_(*node) {}

  grpc::Status Attach(grpc::ServerContext* context, const v1::AttachRequest* request,
                      v1::AttachResponse* response) override;
  grpc::Status Detach(grpc::ServerContext* context, const v1::DetachRequest* request,
                      v1::DetachResponse* response) override;
  grpc::Status Step(grpc::ServerContext* context, const v1::StepRequest* request,
                    v1::StepResponse* response) override;
  grpc::Status Abort(grpc::ServerContext* context, const v1::AbortRequest* request,
                     v1::AbortResponse* response) override;

 private:
  absl::StatusOr<v1::AttachResponse> Attach(const v1::AttachRequest& request);
  absl::Status Detach(const v1::DetachRequest& request);
  absl::Status Step(const v1::StepRequest& request);
  absl::Status Abort(const v1::AbortRequest& request);

  Node& node_;
};

}  // namespace zerod

#endif  // ZEROD_SERVER_TRAINERS_SERVICE_H_
