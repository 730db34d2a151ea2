#include "comm/inproc/single_node.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "comm/delivery.h"
#include "comm/inproc/inproc_world.h"

namespace zerod {
namespace {

class SingleNodeCluster final : public Cluster {
 public:
  int node_index() const override { return 0; }
  int node_count() const override { return 1; }

  std::unique_ptr<World> FormWorld(WorldOptions options) override {
    ZEROD_CHECK(std::ranges::all_of(options.node_of_rank, [](int node) { return node == 0; }));
    return std::make_unique<InprocWorld>(static_cast<int>(options.node_of_rank.size()),
                                         std::move(options.on_poison));
  }

  void Send(int node, Message message) override {
    ZEROD_CHECK(node == 0 && message.size() <= kMaxClusterMessageBytes);
    delivery_.Put(0, std::move(message));
  }

  void SetHandler(Handler handler) override { delivery_.SetHandler(std::move(handler)); }

  absl::Status Leave(absl::Time) override {
    delivery_.Stop();
    return absl::OkStatus();
  }

 private:
  Delivery delivery_;
};

}  // namespace

std::unique_ptr<Cluster> MakeSingleNodeCluster() { return std::make_unique<SingleNodeCluster>(); }

}  // namespace zerod
