#ifndef ZEROD_TRAINER_H_
#define ZEROD_TRAINER_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "zerod/base/tensor_view.h"
#include "zerod/engine/job_spec.h"
#include "zerod/engine/statistics.h"
#include "zerod/engine/step_request.h"

namespace zerod {

// A trainer's end of a job: one per rank, used by one thread at a time. One step is
//
//   for each micro-batch:
//     forward:   WaitForWeights(i) before parameter i is first read
//     backward:  write Gradient(i), then MarkGradientReady(i), in any order
//     WaitForGradientBuffers()            needed between micro-batches only; harmless elsewhere
//   Step({...});                          returns at once
//   Result()                              (optional) waits for the decision
//
// Bad input is refused by name and changes nothing. When an attempt is aborted (another trainer
// left or disagreed, a rank was lost or late), every call from Open() down returns kAborted naming
// the cause, at least once, until Open() acknowledges it; then the step is redone from its first
// micro-batch. As long as a rank has no trainer, each attempt is aborted again. After Step(), each
// of them first waits for the decision. Three are different: Step() itself never waits for a
// decision (a second one is kFailedPrecondition until then), and neither Abort() nor Statistics()
// waits or tells of an abort.
//
// In a daemon's job an attachment can end, and every call with it: with kUnavailable when the
// daemon stops or is gone, kNotFound when the job is deleted, kCancelled when another trainer has
// replaced this one, or when this process has written over its control page. What the last step has
// left can still be asked for, except after kCancelled: Result(), and the waits for weights.
class Trainer {
 public:
  virtual ~Trainer() = default;  // detaches

  virtual int rank() const = 0;
  // The job's parameters, in the order of its spec; an index into them names a parameter below.
  virtual std::span<const ParameterSpec> parameters() const = 0;
  // kNotFound names the name.
  virtual absl::StatusOr<std::size_t> FindParameter(absl::string_view name) const = 0;

  // Row-major, in the parameter's dtype, valid while this object lives. Weights change between
  // Step() and WaitForWeights(); gradients may be written whenever WaitForGradientBuffers() would
  // not wait. A frozen parameter's gradient is empty. `parameter` is an index into parameters():
  // another one ends the process here, and is kInvalidArgument below.
  virtual ConstTensorView Weights(std::size_t parameter) const = 0;
  virtual TensorView Gradient(std::size_t parameter) const = 0;

  // Opens the next step, or after kAborted the next attempt at the same one. Optional otherwise:
  // the first MarkGradient... opens a step as the one before it was. kInvalidArgument names a field
  // of `request`; kFailedPrecondition: a step is open already.
  virtual absl::Status Open(const OpenRequest& request) = 0;
  // This micro-batch's gradient of `parameter` is complete. It is that of this trainer's own mean
  // loss over the micro-batch, times the loss scale: zerod averages over trainers and
  // micro-batches, and divides by the loss scale. kFailedPrecondition: twice in one
  // micro-batch, or frozen.
  virtual absl::Status MarkGradientReady(std::size_t parameter) = 0;
  // This micro-batch gave `parameter` no gradient (an idle expert): instead of MarkGradientReady,
  // with the same errors. Its contribution is zero; when all trainers say so in all micro-batches
  // of a step, its group's AbsentPolicy decides.
  virtual absl::Status MarkGradientAbsent(std::size_t parameter) = 0;
  // Blocks until every gradient handed over may be overwritten, and begins the next micro-batch if
  // there is one. kFailedPrecondition names a parameter that this one still lacks.
  virtual absl::Status WaitForGradientBuffers() = 0;
  // Commits. kFailedPrecondition names a parameter that is neither ready nor absent, missing
  // micro-batches, or a step out of order; kInvalidArgument a field of `request`. After either the
  // attempt is as good as before. kDeadlineExceeded: the daemon does not answer, and the commit
  // may count or not; Step() may be called again, since it counts once.
  virtual absl::Status Step(const StepRequest& request) = 0;
  // Gives the open attempt up, for all trainers: they get kAborted with `reason`, and so does this
  // one. Nothing when no attempt is open, or when it is decided already; kFailedPrecondition
  // between this trainer's Step() and the decision.
  virtual absl::Status Abort(absl::string_view reason) = 0;
  // Blocks until the last Step() is decided. A skip on non-finite gradients is a result, not an
  // error. kFailedPrecondition: no step was committed yet.
  virtual absl::StatusOr<StepResult> Result() = 0;
  // Blocks until `parameter` has the weights of the last Step().
  virtual absl::Status WaitForWeights(std::size_t parameter) = 0;
  // The same for all parameters, and for the end of the step on this rank.
  virtual absl::Status WaitForAllWeights() = 0;

  // Any thread, at any time.
  virtual absl::StatusOr<JobStatistics> Statistics() const = 0;
};

}  // namespace zerod

#endif  // ZEROD_TRAINER_H_
