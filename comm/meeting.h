#ifndef ZEROD_COMM_MEETING_H_
#define ZEROD_COMM_MEETING_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "comm/collective_call.h"
#include "comm/communicator.h"
#include "comm/poison_notice.h"

namespace zerod {

// Where the ranks of one node meet for one collective after the other: what a backend implements
// behind its world and communicators, and the cause that ends it, which all backends share.
// Thread-safe.
class Meeting {
 public:
  virtual ~Meeting() = default;

  virtual int world_size() const = 0;
  // Whether `rank` is on this node.
  virtual bool Lives(int rank) const = 0;
  // `rank`'s part in the next collective. When it returns nobody touches the call's memory any
  // more, and after success what the rank receives is there.
  virtual absl::Status Meet(int rank, const CollectiveCall& call, absl::Time deadline) = 0;
  // As the methods of Communicator and World.
  virtual void Abort(const absl::Status& cause) = 0;
  absl::Status status() const;
  absl::Status AwaitPoison();
  // `on_poison` is not called any more.
  void CancelNotice() { notice_.Cancel(); }

 protected:
  explicit Meeting(PoisonNotice::Callback on_poison) : notice_(std::move(on_poison)) {}
  // With mutex_ held. The first cause counts.
  void PoisonLocked(const absl::Status& cause);

  mutable std::mutex mutex_;
  std::condition_variable changed_;  // notified with every change that ranks wait for
  absl::Status poison_;              // guarded by mutex_

 private:
  PoisonNotice notice_;
};

// The end of `rank`, which lives on the meeting's node.
std::unique_ptr<Communicator> MakeCommunicator(std::shared_ptr<Meeting> meeting, int rank);

}  // namespace zerod

#endif  // ZEROD_COMM_MEETING_H_
