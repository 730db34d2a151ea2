#ifndef ZEROD_TESTS_SERVER_PAIRED_CLUSTER_H_
#define ZEROD_TESTS_SERVER_PAIRED_CLUSTER_H_

#include <array>
#include <memory>
#include <utility>

#include "comm/cluster.h"
#include "comm/delivery.h"

namespace zerod {

// Two nodes in one process that pass messages, and form no worlds.
class ClusterPair {
 public:
  ClusterPair() : nodes_{Node(*this, 0), Node(*this, 1)} {}
  Cluster& node(int index) { return nodes_[index]; }
  // No handler runs afterwards.
  void Leave() {
    for (Delivery& delivery : deliveries_) delivery.Stop();
  }

 private:
  class Node final : public Cluster {
   public:
    Node(ClusterPair& pair, int index) : pair_(pair), index_(index) {}

    int node_index() const override { return index_; }
    int node_count() const override { return 2; }
    std::unique_ptr<World> FormWorld(WorldOptions /*options*/) override { return nullptr; }
    void Send(int node, Message message) override {
      pair_.deliveries_[node].Put(index_, std::move(message));
    }
    void SetHandler(Handler handler) override {
      pair_.deliveries_[index_].SetHandler(std::move(handler));
    }
    absl::Status Leave(absl::Time /*deadline*/) override { return absl::OkStatus(); }

   private:
    ClusterPair& pair_;
    const int index_;
  };

  std::array<Delivery, 2> deliveries_;
  std::array<Node, 2> nodes_;
};

}  // namespace zerod

#endif  // ZEROD_TESTS_SERVER_PAIRED_CLUSTER_H_
