#ifndef ZEROD_COMM_INPROC_RENDEZVOUS_H_
#define ZEROD_COMM_INPROC_RENDEZVOUS_H_

#include <condition_variable>
#include <mutex>
#include <vector>

#include "comm/meeting.h"
#include "comm/poison_notice.h"

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
  absl::Status Meet(int rank, const CollectiveCall& call, absl::Time deadline) override;
  void Abort(const absl::Status& cause) override;
  absl::Status status() const override;

  absl::Status AwaitPoison();
  // `on_poison` is not called any more.
  void CancelNotice() { notice_.Cancel(); }

 private:
  absl::Status PassFirstGate(int rank, std::unique_lock<std::mutex>& lock, absl::Time deadline);
  absl::Status CheckCalls() const;
  // Copies to `rank` what it receives; returns the sum of kAllReduceSum, whose place the peers
  // still read.
  std::vector<std::int64_t> Receive(int rank) const;
  void PassSecondGate(std::unique_lock<std::mutex>& lock);
  void Poison(const absl::Status& cause);  // with mutex_ held

  PoisonNotice notice_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  absl::Status poison_;  // guarded by mutex_, like all below
  std::vector<CollectiveCall>
      calls_;  // of the current collective; read without the lock between the gates
  std::vector<bool> arrived_;
  int arrived_count_ = 0;
  int copied_count_ = 0;
  std::uint64_t checked_ = 0;   // collectives that passed the first gate
  std::uint64_t finished_ = 0;  // collectives that passed the second
};

}  // namespace zerod

#endif  // ZEROD_COMM_INPROC_RENDEZVOUS_H_
