#ifndef ZEROD_ENGINE_FORMATION_H_
#define ZEROD_ENGINE_FORMATION_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "comm/communicator.h"
#include "comm/world.h"

namespace zerod {

// Forms this node's part of a job's world number `formation`, counted from 0. `on_poison` is
// WorldOptions::on_poison.
using OnPoison = std::function<void(const absl::Status& cause)>;
using WorldFactory =
    std::function<std::unique_ptr<World>(std::uint64_t formation, OnPoison on_poison)>;

// Wraps a rank's new communicator; tests inject faults with it. `formation` counts worlds from 0.
using CommunicatorDecorator = std::function<std::unique_ptr<Communicator>(
    std::unique_ptr<Communicator>, int rank, int formation)>;

// One rank's end of a freshly formed world.
struct FormedWorld {
  std::unique_ptr<Communicator> comm;
  absl::Status cause;  // why the world before it failed, the same on all ranks; OK for the first
};

// Forms the world of a job, and forms it anew after a failure: a poisoned communicator is never
// used again. Every node does so on its own; a world that fails anywhere fails everywhere, so all
// count the same. Thread-safe.
class Formation {
 public:
  struct Options {
    int local_rank_count = 1;
    WorldFactory form_world;
    CommunicatorDecorator decorate;  // null: none
    // The current world has failed, here or elsewhere: calls back who waits for something else than
    // the world. Called before the next world is formed.
    OnPoison on_failure;
  };
  explicit Formation(Options options);
  ~Formation();

  // Blocks until all local ranks have come. kCancelled after Stop().
  absl::StatusOr<FormedWorld> Join(int rank);
  // The current world has failed: aborts it, so that all ranks come back to Join. The first cause
  // counts.
  void Fail(const absl::Status& cause);
  void Stop();

 private:
  // With all local ranks here and `lock` held: why the world before failed.
  absl::Status EndOfLastWorld(std::unique_lock<std::mutex>& lock);
  void OnFailure(std::uint64_t formation, const absl::Status& cause);

  const Options options_;

  std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  std::shared_ptr<World> world_;
  int joined_count_ = 0;
  std::uint64_t formation_count_ = 0;
  absl::Status failure_;  // the first that was said of the current world here
  absl::Status cause_;    // of the end of the world before
  bool stopped_ = false;
};

}  // namespace zerod

#endif  // ZEROD_ENGINE_FORMATION_H_
