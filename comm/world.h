#ifndef ZEROD_COMM_WORLD_H_
#define ZEROD_COMM_WORLD_H_

#include <memory>

#include "comm/communicator.h"

namespace zerod {

// This node's part of one world: some of its ranks, or all. It is formed once; when it fails it is
// poisoned for good, and another one is formed. Thread-safe.
class World {
 public:
  virtual ~World() = default;

  // The end of `rank`, which lives on this node; one per rank. May outlive the world object.
  virtual std::unique_ptr<Communicator> Connect(int rank) = 0;
  // As Communicator::Abort.
  virtual void Abort(const absl::Status& cause) = 0;
  // Waits until the world is poisoned, as it is or soon will be after an Abort anywhere, and
  // returns the cause: the same on all nodes, unless the transport failed, which each sees by
  // itself.
  virtual absl::Status AwaitPoison() = 0;
};

}  // namespace zerod

#endif  // ZEROD_COMM_WORLD_H_
