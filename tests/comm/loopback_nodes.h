#ifndef ZEROD_TESTS_COMM_LOOPBACK_NODES_H_
#define ZEROD_TESTS_COMM_LOOPBACK_NODES_H_

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <tuple>
#include <vector>

#include "comm/delivery.h"
#include "comm/mpi/world_router.h"

namespace zerod {

// Several nodes in one process: all of the MPI backend's world protocol, without MPI. Messages of a
// node arrive on a thread of its own.
class LoopbackNodes {
 public:
  explicit LoopbackNodes(int node_count);
  ~LoopbackNodes();

  int node_count() const { return static_cast<int>(routers_.size()); }
  const std::shared_ptr<WorldRouter>& router(int node) const { return routers_[node]; }
  std::shared_ptr<NodeMeeting> Form(int node, const WorldKey& world,
                                    const std::vector<int>& node_of_rank,
                                    PoisonNotice::Callback on_poison = nullptr);

 private:
  class Port;
  // A transfer whose other half has not come yet.
  struct Half {
    Transfer transfer;
    std::function<void()> finish;
  };
  using Channel = std::tuple<int, int, int>;  // from node, to node, tag

  void Start(int node, const Transfer& transfer, const std::function<void()>& finish);

  std::vector<std::unique_ptr<Delivery>> deliveries_;
  std::vector<std::shared_ptr<WorldRouter>> routers_;
  std::mutex mutex_;
  std::map<Channel, std::deque<Half>> sends_, receives_;  // guarded by mutex_
};

}  // namespace zerod

#endif  // ZEROD_TESTS_COMM_LOOPBACK_NODES_H_
