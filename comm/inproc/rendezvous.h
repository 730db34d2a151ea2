#ifndef ZEROD_COMM_INPROC_RENDEZVOUS_H_
#define ZEROD_COMM_INPROC_RENDEZVOUS_H_

#include <cstdint>
#include <mutex>
#include <vector>

#include "comm/meeting.h"

namespace zerod {

// The ranks of a process meet without leaving it. A call passes two gates. At the first all calls
// are shown and checked; a rank can give up there (deadline, abort) because nobody touches its
// memory yet. Then every rank copies what it receives, outside the lock. The second gate opens when
// all have copied; it is waited for unconditionally, so no rank returns while a peer still reads
// its buffers.
class Rendezvous final : public Meeting {
 public:
  Rendezvous(int world_size, PoisonNotice::Callback on_poison);

  int world_size() const override { return static_cast<int>(calls_.size()); }
  bool Lives(int rank) const override { return rank >= 0 && rank < world_size(); }
  absl::Status Meet(int rank, const CollectiveCall& call, absl::Time deadline) override;
  void Abort(const absl::Status& cause) override;

 private:
  absl::Status PassFirstGate(int rank, std::unique_lock<std::mutex>& lock, absl::Time deadline);
  absl::Status CheckCalls() const;
  // Copies to `rank` what it receives; returns the sum of kAllReduceSum, whose place the peers
  // still read.
  std::vector<std::int64_t> Receive(int rank) const;
  void PassSecondGate(std::unique_lock<std::mutex>& lock);

  // All guarded by mutex_. Between the gates calls_ is only read, without it.
  std::vector<CollectiveCall> calls_;  // of the current collective
  std::vector<bool> arrived_;
  int arrived_count_ = 0;
  int copied_count_ = 0;
  std::uint64_t checked_ = 0;   // collectives that passed the first gate
  std::uint64_t finished_ = 0;  // collectives that passed the second
};

}  // namespace zerod

#endif  // ZEROD_COMM_INPROC_RENDEZVOUS_H_
