#ifndef ZEROD_ENGINE_TRAINER_PORT_H_
#define ZEROD_ENGINE_TRAINER_PORT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "zerod/engine/step_request.h"

namespace zerod {

// What a trainer hands over with Step().
struct TrainerCommit {
  StepRequest request;
  std::vector<std::uint8_t> absent;  // per parameter: 1 where no micro-batch gave it a gradient
};

// What a trainer brings to an attempt.
struct OpenedAttempt {
  OpenRequest request;  // complete
  // Its gradient arena, laid out as JobLayout::gradients; valid until the
  // attempt is decided or lost.
  std::span<std::byte> gradients;
};

// A rank's side of its trainer: doorbells that the rank waits for, and doorbells that it rings.
// Used by the rank's thread, but for Interrupt, which any thread may call.
class TrainerPort {
 public:
  virtual ~TrainerPort() = default;

  // Waits, as long as it takes, for the trainer to open its next attempt. Nothing once it has left:
  // whoever attaches then must interrupt the rank, which tells its peers.
  virtual absl::StatusOr<std::optional<OpenedAttempt>> WaitOpen() = 0;
  // Who is attached, for messages: "process 4711"; empty: nobody. Any thread.
  virtual std::string trainer() const = 0;
  // What became of the trainer that has left, for messages: "process 4711 ended"; may be empty.
  virtual std::string Departure() = 0;
  // Waits, as long as it takes, for an interruption, and returns it.
  virtual absl::Status WaitInterrupted() = 0;
  // Waits until all of `bucket`'s gradients of `micro_batch` are there. kDeadlineExceeded names
  // what is missing, kAborted a trainer that has left.
  virtual absl::Status WaitGradients(std::size_t bucket, std::uint32_t micro_batch,
                                     absl::Time deadline) = 0;
  // `bucket`'s gradients of `micro_batch` have been taken: the trainer may overwrite them.
  virtual void ReleaseGradients(std::size_t bucket, std::uint32_t micro_batch) = 0;
  virtual absl::StatusOr<TrainerCommit> WaitCommit(absl::Time deadline) = 0;

  // The attempt has succeeded; the trainer's next gradients belong to the next step.
  virtual void PublishDecision(const StepResult& result) = 0;
  // `bucket`'s weights of the decided step are in the arena.
  virtual void PublishWeights(std::size_t bucket) = 0;
  // The decided step is over on this rank.
  virtual void PublishEnd() = 0;
  // Whether the trainer has opened an attempt that is neither decided nor lost.
  virtual bool IsOpen() = 0;
  // The attempt is lost. A trainer that had opened it gets `cause` from every call until it opens
  // the next one.
  virtual void PublishAbort(const absl::Status& cause) = 0;

  // Makes this and every later wait return `cause`, until Resume.
  virtual void Interrupt(const absl::Status& cause) = 0;
  virtual void Resume() = 0;
};

}  // namespace zerod

#endif  // ZEROD_ENGINE_TRAINER_PORT_H_
