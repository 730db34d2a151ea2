#include "comm/fault/fault_communicator.h"

#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace zerod {
namespace {

class FaultCommunicator final : public Communicator {
 public:
  FaultCommunicator(std::unique_ptr<Communicator> inner, std::vector<Fault> faults)
      : inner_(std::move(inner)), faults_(std::move(faults)) {}

  int rank() const override { return inner_->rank(); }
  int world_size() const override { return inner_->world_size(); }

  absl::Status AllToAllV(std::span<const ConstBytes> send, std::span<const Bytes> receive,
                         absl::Time deadline) override {
    return Inject(deadline, [&] { return inner_->AllToAllV(send, receive, deadline); });
  }
  absl::Status AllGatherV(ConstBytes send, std::span<const Bytes> receive,
                          std::span<const int> receivers, absl::Time deadline) override {
    return Inject(deadline, [&] { return inner_->AllGatherV(send, receive, receivers, deadline); });
  }
  absl::Status AllReduceSum(std::span<std::int64_t> values, absl::Time deadline) override {
    return Inject(deadline, [&] { return inner_->AllReduceSum(values, deadline); });
  }
  absl::Status Broadcast(int root, Bytes bytes, absl::Time deadline) override {
    return Inject(deadline, [&] { return inner_->Broadcast(root, bytes, deadline); });
  }
  absl::Status Barrier(absl::Time deadline) override {
    return Inject(deadline, [&] { return inner_->Barrier(deadline); });
  }

  void Abort(const absl::Status& cause) override { inner_->Abort(cause); }
  absl::Status status() const override { return inner_->status(); }
  Traffic traffic() const override { return inner_->traffic(); }

 private:
  absl::Status Inject(absl::Time deadline, const std::function<absl::Status()>& collective) {
    const std::uint64_t index = collective_count_++;
    for (const Fault& fault : faults_) {
      if (fault.collective != index) continue;
      switch (fault.kind) {
        case FaultKind::kDelay:
          absl::SleepFor(fault.delay);
          return collective();
        case FaultKind::kLose:
          return Lose(deadline);
        case FaultKind::kAbort:
          return AbortWorld(index);
        case FaultKind::kAbortAfter:
          if (absl::Status status = collective(); !status.ok()) return status;
          return AbortWorld(index);
      }
    }
    return collective();
  }

  absl::Status AbortWorld(std::uint64_t index) {
    inner_->Abort(absl::AbortedError(
        absl::StrCat("rank ", rank(), ": injected fault at collective ", index)));
    return Poison();
  }

  // Stays away until the peers have given up, or the deadline has passed.
  absl::Status Lose(absl::Time deadline) {
    while (inner_->status().ok() && absl::Now() < deadline) absl::SleepFor(absl::Milliseconds(1));
    inner_->Abort(absl::DeadlineExceededError(
        absl::StrCat("rank ", rank(), " waited in vain for an injected loss")));
    return Poison();
  }

  // What an aborted world is poisoned with. status() may not know yet when the ranks live on
  // several nodes, but a collective waits until it is known.
  absl::Status Poison() { return inner_->Barrier(absl::InfiniteFuture()); }

  const std::unique_ptr<Communicator> inner_;
  const std::vector<Fault> faults_;
  std::uint64_t collective_count_ = 0;
};

}  // namespace

std::unique_ptr<Communicator> MakeFaultCommunicator(std::unique_ptr<Communicator> inner,
                                                    std::vector<Fault> faults) {
  return std::make_unique<FaultCommunicator>(std::move(inner), std::move(faults));
}

}  // namespace zerod
