#include "comm/inproc/rendezvous.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "base/timed_wait.h"
#include "comm/collective_check.h"

namespace zerod {

Rendezvous::Rendezvous(int world_size, PoisonNotice::Callback on_poison)
    : Meeting(std::move(on_poison)),
      calls_(static_cast<std::size_t>(world_size)),
      arrived_(static_cast<std::size_t>(world_size)) {}

absl::Status Rendezvous::Meet(int rank, const CollectiveCall& call, absl::Time deadline) {
  std::unique_lock lock(mutex_);
  if (!poison_.ok()) return poison_;
  calls_[rank] = call;
  arrived_[rank] = true;
  ++arrived_count_;
  ZEROD_RETURN_IF_ERROR(PassFirstGate(rank, lock, deadline));

  lock.unlock();
  const std::vector<std::int64_t> sum = Receive(rank);
  lock.lock();

  PassSecondGate(lock);
  std::ranges::copy(sum, call.values.begin());
  return absl::OkStatus();
}

absl::Status Rendezvous::PassFirstGate(int rank, std::unique_lock<std::mutex>& lock,
                                       absl::Time deadline) {
  if (arrived_count_ == world_size()) {
    if (absl::Status fits = CheckCalls(); !fits.ok()) PoisonLocked(fits);
    ZEROD_RETURN_IF_ERROR(poison_);
    std::fill(arrived_.begin(), arrived_.end(), false);
    arrived_count_ = 0;
    ++checked_;
    changed_.notify_all();
    return absl::OkStatus();
  }
  const std::uint64_t collective = checked_;
  const auto left = [&] { return checked_ != collective || !poison_.ok(); };
  if (!WaitUntil(changed_, lock, deadline, left)) {
    std::vector<int> missing;
    for (int peer = 0; peer < world_size(); ++peer) {
      if (!arrived_[peer]) missing.push_back(peer);
    }
    PoisonLocked(absl::DeadlineExceededError(
        absl::StrCat("rank ", absl::StrJoin(missing, ", "), " did not join ",
                     CollectiveKindName(calls_[rank].kind), " in time")));
  }
  return checked_ != collective ? absl::OkStatus() : poison_;
}

absl::Status Rendezvous::CheckCalls() const {
  std::vector<CallShape> shapes;
  shapes.reserve(calls_.size());
  for (const CollectiveCall& call : calls_) shapes.push_back(ShapeOf(call));
  return CheckCollective(shapes);
}

std::vector<std::int64_t> Rendezvous::Receive(int rank) const {
  const CollectiveCall& own = calls_[rank];
  std::vector<std::int64_t> sum(own.values.size());
  for (int peer = 0; peer < world_size(); ++peer) {
    CopyFromTo(calls_[peer], peer, own, rank);
    if (!sum.empty()) AddWrapping(calls_[peer].values, sum);
  }
  return sum;
}

void Rendezvous::PassSecondGate(std::unique_lock<std::mutex>& lock) {
  if (++copied_count_ == world_size()) {
    copied_count_ = 0;
    ++finished_;
    changed_.notify_all();
    return;
  }
  const std::uint64_t collective = finished_;
  changed_.wait(lock, [&] { return finished_ != collective; });
}

void Rendezvous::Abort(const absl::Status& cause) {
  std::lock_guard lock(mutex_);
  PoisonLocked(cause);
}

}  // namespace zerod
