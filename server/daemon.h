#ifndef ZEROD_SERVER_DAEMON_H_
#define ZEROD_SERVER_DAEMON_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "comm/cluster.h"
#include "server/cluster_service.h"
#include "server/grpc_server.h"
#include "server/jobs_service.h"
#include "server/node.h"
#include "server/trainers_service.h"

namespace zerod {

// One node's daemon, from its first listener to its last.
class Daemon {
 public:
  // `flags` are valid. Ready for calls when it returns. What is wrong is named by flag or node.
  // `stop`, which outlives the daemon, learns when another node stops.
  static absl::StatusOr<std::unique_ptr<Daemon>> Start(const Flags& flags,
                                                       std::unique_ptr<Cluster> cluster,
                                                       StopLatch* stop);
  ~Daemon();

  // Ends jobs, calls and listeners, and leaves the cluster. kDeadlineExceeded names
  // --shutdown-deadline when another node does not leave.
  absl::Status Stop(const std::string& reason);

 private:
  Daemon(const Flags& flags, std::unique_ptr<Cluster> cluster, StopLatch* stop);
  absl::Status LearnRanks();
  absl::Status Listen();
  absl::Status ListenForTrainers(const ListenAddress& address);
  void EndJobs(const absl::Status& why, absl::Time deadline);

  const std::unique_ptr<Cluster> cluster_;
  Node node_;
  ClusterService cluster_service_{&node_};
  JobsService jobs_service_{&node_};
  TrainersService trainers_service_{&node_};
  std::unique_ptr<Peers> peers_;
  std::vector<ListenAddress> addresses_;
  std::unique_ptr<HandshakeListener> handshake_;
  std::unique_ptr<GrpcServer> server_;
};

}  // namespace zerod

#endif  // ZEROD_SERVER_DAEMON_H_
