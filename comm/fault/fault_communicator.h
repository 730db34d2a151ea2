#ifndef ZEROD_COMM_FAULT_FAULT_COMMUNICATOR_H_
#define ZEROD_COMM_FAULT_FAULT_COMMUNICATOR_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/time/time.h"
#include "comm/communicator.h"

namespace zerod {

enum class FaultKind : std::uint8_t {
  kDelay,       // the rank joins late, by `delay`
  kLose,        // the rank never joins: its peers run into their deadline
  kAbort,       // the rank aborts the world instead of joining
  kAbortAfter,  // the collective succeeds everywhere, but this rank never learns of it and aborts
                // the world
};

// What goes wrong at one collective of one rank.
struct Fault {
  std::uint64_t collective = 0;  // counted from 0 on this communicator
  FaultKind kind = FaultKind::kAbort;
  absl::Duration delay;
};

// Passes every call on to `inner`, but for the faults.
std::unique_ptr<Communicator> MakeFaultCommunicator(std::unique_ptr<Communicator> inner,
                                                    std::vector<Fault> faults);

}  // namespace zerod

#endif  // ZEROD_COMM_FAULT_FAULT_COMMUNICATOR_H_
