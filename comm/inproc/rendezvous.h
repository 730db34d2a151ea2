#ifndef ZEROD_COMM_INPROC_RENDEZVOUS_H_
#define ZEROD_COMM_INPROC_RENDEZVOUS_H_

#include <condition_variable>
#include <functional>
#include <mutex>
#include <span>
#include <vector>

#include "comm/communicator.h"
#include "comm/inproc/collective_call.h"

namespace zerod {

// Where the ranks of a process meet for one collective after the other. A call passes two gates. At
// the first all calls are shown and checked; a rank can give up there (deadline, abort) because
// nobody touches its memory yet. Then every rank copies, outside the lock. The second gate opens
// when all have copied; it is waited for unconditionally, so no rank returns while a peer still
// reads its buffers.
class Rendezvous {
 public:
  explicit Rendezvous(int world_size);

  // Joins the collective. `copy` runs between the gates with all ranks' calls, in rank order.
  absl::Status Meet(int rank, const CollectiveCall& call, absl::Time deadline,
                    const std::function<void(std::span<const CollectiveCall>)>& copy);

  void Abort(const absl::Status& cause);
  absl::Status status() const;
  int world_size() const { return static_cast<int>(calls_.size()); }

 private:
  absl::Status PassFirstGate(int rank, std::unique_lock<std::mutex>& lock, absl::Time deadline);
  void Poison(const absl::Status& cause);  // with mutex_ held

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
