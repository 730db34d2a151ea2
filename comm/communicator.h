#ifndef ZEROD_COMM_COMMUNICATOR_H_
#define ZEROD_COMM_COMMUNICATOR_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace zerod {

using Bytes = std::span<std::byte>;
using ConstBytes = std::span<const std::byte>;

// Bytes that crossed from one rank to another; what a rank hands to itself does not count.
struct Traffic {
  std::uint64_t sent_bytes = 0;
  std::uint64_t received_bytes = 0;
};

// One rank's end of a world. All ranks call the same collectives in the same order; each is checked
// on all ranks before a byte moves, and what differs comes back as an error naming ranks and
// values. A collective moves bytes and integers only: gradients are summed by their owner, in
// contributor order, and norms travel as integer bins, so that no transport can change a bit.
//
// A failed, late or aborted collective poisons the communicator: it and every later call, on all
// ranks, return the first cause. There is no retry in place; the world is formed anew. When a call
// returns, its buffers are free again.
//
// Used by one thread, but for Abort() and status(), which any thread may call.
class Communicator {
 public:
  virtual ~Communicator() = default;

  virtual int rank() const = 0;
  virtual int world_size() const = 0;

  // send[p] goes to rank p, receive[p] comes from rank p; one entry per rank, empty where nothing
  // moves. The sizes of each pair must match. Where send[rank()] and receive[rank()] are the same
  // memory nothing is copied.
  virtual absl::Status AllToAllV(std::span<const ConstBytes> send, std::span<const Bytes> receive,
                                 absl::Time deadline) = 0;

  // Every rank's `send` goes to all `receivers` (ascending; the same list on all ranks). A receiver
  // gives one entry per rank, whose sizes match what is sent; the others give none. In place as
  // above.
  virtual absl::Status AllGatherV(ConstBytes send, std::span<const Bytes> receive,
                                  std::span<const int> receivers, absl::Time deadline) = 0;

  // Element-wise sum over all ranks, on all ranks, in place. Wraps on overflow.
  virtual absl::Status AllReduceSum(std::span<std::int64_t> values, absl::Time deadline) = 0;

  // Root's bytes to everybody, in place.
  virtual absl::Status Broadcast(int root, Bytes bytes, absl::Time deadline) = 0;

  // Returns when all ranks have called it.
  virtual absl::Status Barrier(absl::Time deadline) = 0;

  // Poisons the world with `cause`, unless it is poisoned already. Any thread.
  virtual void Abort(const absl::Status& cause) = 0;
  // OK, or why the communicator is poisoned. Any thread.
  virtual absl::Status status() const = 0;

  virtual Traffic traffic() const = 0;
};

}  // namespace zerod

#endif  // ZEROD_COMM_COMMUNICATOR_H_
