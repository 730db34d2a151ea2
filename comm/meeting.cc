#include "comm/meeting.h"

#include <utility>

namespace zerod {
namespace {

class MeetingCommunicator final : public Communicator {
 public:
  MeetingCommunicator(std::shared_ptr<Meeting> meeting, int rank)
      : meeting_(std::move(meeting)), rank_(rank) {}

  int rank() const override { return rank_; }
  int world_size() const override { return meeting_->world_size(); }

  absl::Status AllToAllV(std::span<const ConstBytes> send, std::span<const Bytes> receive,
                         absl::Time deadline) override {
    return Meet({.kind = CollectiveKind::kAllToAllV, .send = send, .receive = receive}, deadline);
  }

  absl::Status AllGatherV(ConstBytes send, std::span<const Bytes> receive,
                          std::span<const int> receivers, absl::Time deadline) override {
    return Meet({.kind = CollectiveKind::kAllGatherV,
                 .contribution = send,
                 .receive = receive,
                 .receivers = receivers},
                deadline);
  }

  absl::Status AllReduceSum(std::span<std::int64_t> values, absl::Time deadline) override {
    return Meet({.kind = CollectiveKind::kAllReduceSum, .values = values}, deadline);
  }

  absl::Status Broadcast(int root, Bytes bytes, absl::Time deadline) override {
    return Meet({.kind = CollectiveKind::kBroadcast, .broadcast = bytes, .root = root}, deadline);
  }

  absl::Status Barrier(absl::Time deadline) override {
    return Meet({.kind = CollectiveKind::kBarrier}, deadline);
  }

  void Abort(const absl::Status& cause) override { meeting_->Abort(cause); }
  absl::Status status() const override { return meeting_->status(); }
  Traffic traffic() const override { return traffic_; }

 private:
  absl::Status Meet(const CollectiveCall& call, absl::Time deadline) {
    absl::Status status = meeting_->Meet(rank_, call, deadline);
    if (!status.ok()) return status;
    const Traffic moved = TrafficOf(call, rank_, world_size());
    traffic_.sent_bytes += moved.sent_bytes;
    traffic_.received_bytes += moved.received_bytes;
    return status;
  }

  const std::shared_ptr<Meeting> meeting_;
  const int rank_;
  Traffic traffic_;
};

}  // namespace

absl::Status Meeting::status() const {
  std::lock_guard lock(mutex_);
  return poison_;
}

absl::Status Meeting::AwaitPoison() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !poison_.ok(); });
  return poison_;
}

void Meeting::PoisonLocked(const absl::Status& cause) {
  if (!poison_.ok()) return;
  poison_ = cause;
  changed_.notify_all();
  notice_.Give(cause);
}

std::unique_ptr<Communicator> MakeCommunicator(std::shared_ptr<Meeting> meeting, int rank) {
  return std::make_unique<MeetingCommunicator>(std::move(meeting), rank);
}

}  // namespace zerod
