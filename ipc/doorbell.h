#ifndef ZEROD_IPC_DOORBELL_H_
#define ZEROD_IPC_DOORBELL_H_

#include <atomic>
#include <cstdint>

#include "absl/time/time.h"

namespace zerod {

// Tells one sleeper that some word it looks at may have changed. The bell lies on a page that the
// ringer writes, the sleeper's flag on one that the sleeper writes. Both sides are sequentially
// consistent, so that a ring is never lost: either the ringer sees the flag and wakes, or the
// sleeper sees the new count and stays awake. A ring to somebody awake costs no system call.
class Doorbell {
 public:
  Doorbell(std::atomic<std::uint32_t>& bell, std::atomic<std::uint32_t>& sleeping)
      : bell_(&bell), sleeping_(&sleeping) {}

  // After the words have been written.
  void Ring();

  // Before the words are looked at.
  std::uint32_t Count() const { return bell_->load(std::memory_order_seq_cst); }
  // Sleeps until the bell has been rung since Count() said `seen`, or until `timeout`. May wake up
  // for no reason.
  void Sleep(std::uint32_t seen, absl::Duration timeout);

 private:
  std::atomic<std::uint32_t>* bell_;
  std::atomic<std::uint32_t>* sleeping_;
};

}  // namespace zerod

#endif  // ZEROD_IPC_DOORBELL_H_
