#ifndef ZEROD_IPC_FUTEX_H_
#define ZEROD_IPC_FUTEX_H_

#include <atomic>
#include <cstdint>

#include "absl/time/time.h"

namespace zerod {

// futex(2) on words that other processes may share; read-only mappings will do for both.

// Sleeps while `word` holds `expected`, until woken or after `timeout`. May wake up for no reason.
void FutexWait(const std::atomic<std::uint32_t>& word, std::uint32_t expected,
               absl::Duration timeout);
// Wakes all that sleep on `word`.
void FutexWakeAll(const std::atomic<std::uint32_t>& word);

}  // namespace zerod

#endif  // ZEROD_IPC_FUTEX_H_
