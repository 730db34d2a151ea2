#include "ipc/doorbell.h"

#include "ipc/futex.h"

namespace zerod {

void Doorbell::Ring() {
  bell_->fetch_add(1, std::memory_order_seq_cst);
  if (sleeping_->load(std::memory_order_seq_cst) != 0) FutexWakeAll(*bell_);
}

void Doorbell::Sleep(std::uint32_t seen, absl::Duration timeout) {
  sleeping_->store(1, std::memory_order_seq_cst);
  if (bell_->load(std::memory_order_seq_cst) == seen) FutexWait(*bell_, seen, timeout);
  sleeping_->store(0, std::memory_order_relaxed);
}

}  // namespace zerod
