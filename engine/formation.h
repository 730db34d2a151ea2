#ifndef ZEROD_ENGINE_FORMATION_H_
#define ZEROD_ENGINE_FORMATION_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "comm/communicator.h"
#include "comm/inproc/inproc_world.h"

namespace zerod {

// Wraps a rank's new communicator; tests inject faults with it. `formation` counts worlds from 0.
using CommunicatorDecorator = std::function<std::unique_ptr<Communicator>(
    std::unique_ptr<Communicator>, int rank, int formation)>;

// One rank's end of a freshly formed world.
struct FormedWorld {
  std::unique_ptr<Communicator> comm;
  absl::Status cause;  // why the world before it failed; OK for the first
};

// Forms the world of a process's ranks, and forms it anew after a failure: a poisoned communicator
// is never used again. Thread-safe.
class Formation {
 public:
  Formation(int world_size, CommunicatorDecorator decorate);

  // Blocks until all ranks have come. kCancelled after Stop().
  absl::StatusOr<FormedWorld> Join(int rank);
  // The current world has failed: aborts it, so that all ranks come back to Join. The first cause
  // counts.
  void Fail(const absl::Status& cause);
  void Stop();

 private:
  const int world_size_;
  const CommunicatorDecorator decorate_;

  std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  std::shared_ptr<InprocWorld> world_;
  int joined_count_ = 0;
  int formation_count_ = 0;
  absl::Status failure_;  // of the current world
  absl::Status cause_;    // failure_ of the world before
  bool stopped_ = false;
};

}  // namespace zerod

#endif  // ZEROD_ENGINE_FORMATION_H_
