#include "tests/comm/loopback_nodes.h"

#include <atomic>
#include <cstring>
#include <utility>

#include "base/check.h"

namespace zerod {

class LoopbackNodes::Port final : public MessagePort {
 public:
  Port(LoopbackNodes* nodes, int node) : nodes_(nodes), node_(node) {}

  void SendWorldMessage(int node, std::vector<std::byte> message) override {
    nodes_->deliveries_[node]->Put(node_, std::move(message));
  }
  void Wake() override {}
  void Move(std::vector<Transfer> transfers, std::function<void(absl::Status)> done) override {
    const auto pending_count = std::make_shared<std::atomic<std::size_t>>(transfers.size());
    for (const Transfer& transfer : transfers) {
      nodes_->Start(node_, transfer, [pending_count, done] {
        if (--*pending_count == 0) done(absl::OkStatus());
      });
    }
  }

 private:
  LoopbackNodes* const nodes_;
  const int node_;
};

LoopbackNodes::LoopbackNodes(int node_count) {
  for (int node = 0; node < node_count; ++node) {
    deliveries_.push_back(std::make_unique<Delivery>());
    routers_.push_back(std::make_shared<WorldRouter>(
        WorldRouter::Options{.node = node, .node_count = node_count, .max_tag = 32767},
        std::make_shared<Port>(this, node)));
  }
  for (int node = 0; node < node_count; ++node) {
    deliveries_[node]->SetHandler([this, node](int from_node, const Cluster::Message& message) {
      const absl::Status read = routers_[node]->Receive(from_node, message);
      ZEROD_CHECK(read.ok());
    });
  }
}

LoopbackNodes::~LoopbackNodes() {
  for (const auto& router : routers_) {
    ZEROD_CHECK(router->AwaitAllClosed(absl::InfiniteFuture()).ok());
  }
  for (const auto& delivery : deliveries_) delivery->Stop();
}

std::shared_ptr<NodeMeeting> LoopbackNodes::Form(int node, const WorldKey& world,
                                                 const std::vector<int>& node_of_rank,
                                                 PoisonNotice::Callback on_poison) {
  return WorldRouter::Form(routers_[node], world,
                           {.node_of_rank = node_of_rank,
                            .node = node,
                            .inline_bytes = 64,
                            .chunk_bytes = 1000,
                            .max_message_bytes = 1 << 20,
                            .on_poison = std::move(on_poison)});
}

void LoopbackNodes::Start(int node, const Transfer& transfer, const std::function<void()>& finish) {
  const bool sends = transfer.receive.empty();
  const Channel channel = sends ? Channel{node, transfer.node, transfer.tag}
                                : Channel{transfer.node, node, transfer.tag};
  Half other;
  {
    std::lock_guard lock(mutex_);
    auto& others = (sends ? receives_ : sends_)[channel];
    if (others.empty()) {
      (sends ? sends_ : receives_)[channel].push_back({.transfer = transfer, .finish = finish});
      return;
    }
    other = std::move(others.front());
    others.pop_front();
  }
  const ConstBytes source = sends ? transfer.send : other.transfer.send;
  const Bytes target = sends ? other.transfer.receive : transfer.receive;
  ZEROD_CHECK(source.size() == target.size());
  std::memcpy(target.data(), source.data(), source.size());
  finish();
  other.finish();
}

}  // namespace zerod
