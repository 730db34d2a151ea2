#include "comm/inproc/inproc_world.h"

#include <cstring>
#include <utility>
#include <vector>

#include "base/check.h"
#include "comm/inproc/rendezvous.h"

namespace zerod {
namespace {

void CopyUnlessInPlace(ConstBytes source, Bytes target) {
  if (!target.empty() && source.data() != target.data()) {
    std::memcpy(target.data(), source.data(), target.size());
  }
}

class InprocCommunicator final : public Communicator {
 public:
  InprocCommunicator(std::shared_ptr<Rendezvous> rendezvous, int rank)
      : rendezvous_(std::move(rendezvous)), rank_(rank) {}

  int rank() const override { return rank_; }
  int world_size() const override { return rendezvous_->world_size(); }

  absl::Status AllToAllV(std::span<const ConstBytes> send, std::span<const Bytes> receive,
                         absl::Time deadline) override {
    return Exchange({.kind = CollectiveKind::kAllToAllV, .send = send, .receive = receive},
                    deadline);
  }

  absl::Status AllGatherV(ConstBytes send, std::span<const Bytes> receive,
                          std::span<const int> receivers, absl::Time deadline) override {
    return Exchange({.kind = CollectiveKind::kAllGatherV,
                     .contribution = send,
                     .receive = receive,
                     .receivers = receivers},
                    deadline);
  }

  absl::Status AllReduceSum(std::span<std::int64_t> values, absl::Time deadline) override {
    std::vector<std::uint64_t> sum(values.size());  // unsigned: wrapping is defined
    absl::Status status =
        rendezvous_->Meet(rank_, {.kind = CollectiveKind::kAllReduceSum, .values = values},
                          deadline, [&](std::span<const CollectiveCall> calls) {
                            for (const CollectiveCall& call : calls) {
                              for (std::size_t i = 0; i < sum.size(); ++i) {
                                sum[i] += static_cast<std::uint64_t>(call.values[i]);
                              }
                            }
                            CountAll(calls.size() - 1, values.size_bytes());
                          });
    if (!status.ok()) return status;
    for (std::size_t i = 0; i < sum.size(); ++i) values[i] = static_cast<std::int64_t>(sum[i]);
    return status;
  }

  absl::Status Broadcast(int root, Bytes bytes, absl::Time deadline) override {
    return rendezvous_->Meet(
        rank_, {.kind = CollectiveKind::kBroadcast, .contribution = bytes, .root = root}, deadline,
        [&](std::span<const CollectiveCall> calls) {
          CopyUnlessInPlace(calls[root].contribution, bytes);
          if (rank_ == root) {
            traffic_.sent_bytes += bytes.size() * (calls.size() - 1);
          } else {
            traffic_.received_bytes += bytes.size();
          }
        });
  }

  absl::Status Barrier(absl::Time deadline) override {
    return rendezvous_->Meet(rank_, {.kind = CollectiveKind::kBarrier}, deadline,
                             [](std::span<const CollectiveCall>) {});
  }

  void Abort(const absl::Status& cause) override { rendezvous_->Abort(cause); }
  absl::Status status() const override { return rendezvous_->status(); }
  Traffic traffic() const override { return traffic_; }

 private:
  absl::Status Exchange(const CollectiveCall& call, absl::Time deadline) {
    return rendezvous_->Meet(rank_, call, deadline, [&](std::span<const CollectiveCall> calls) {
      for (int peer = 0; peer < static_cast<int>(calls.size()); ++peer) {
        if (!call.receive.empty()) {
          CopyUnlessInPlace(SentTo(calls, peer, rank_), call.receive[peer]);
          if (peer != rank_) traffic_.received_bytes += call.receive[peer].size();
        }
        if (peer != rank_) traffic_.sent_bytes += SentTo(calls, rank_, peer).size();
      }
    });
  }

  void CountAll(std::size_t peer_count, std::size_t size_bytes) {
    traffic_.sent_bytes += peer_count * size_bytes;
    traffic_.received_bytes += peer_count * size_bytes;
  }

  const std::shared_ptr<Rendezvous> rendezvous_;
  const int rank_;
  Traffic traffic_;
};

}  // namespace

InprocWorld::InprocWorld(int world_size) : rendezvous_(std::make_shared<Rendezvous>(world_size)) {}
InprocWorld::~InprocWorld() = default;

std::unique_ptr<Communicator> InprocWorld::Connect(int rank) {
  ZEROD_CHECK(rank >= 0 && rank < rendezvous_->world_size());
  return std::make_unique<InprocCommunicator>(rendezvous_, rank);
}

void InprocWorld::Abort(const absl::Status& cause) { rendezvous_->Abort(cause); }

}  // namespace zerod
