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
//     WaitForGradientBuffers()            (only between micro-batches)
//   Step({...});                          returns at once
//   Result()                              (optional) waits for the decision
//
// Bad input is refused by name and changes nothing. When an attempt is aborted (another trainer
// left, a rank was lost), every call returns kAborted naming the cause until Open() acknowledges
// it; then the step is redone from its start.
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
  // not wait. A frozen parameter's gradient is empty. `parameter` must be an index into
  // parameters().
  virtual ConstTensorView Weights(std::size_t parameter) const = 0;
  virtual TensorView Gradient(std::size_t parameter) const = 0;

  // Opens the next step, or after kAborted the next attempt at the same one. Optional otherwise:
  // the first MarkGradientReady opens a step as the one before it was.
  virtual absl::Status Open(const OpenRequest& request) = 0;
  // This micro-batch's gradient of `parameter` is complete. Twice in one micro-batch is
  // kFailedPrecondition.
  virtual absl::Status MarkGradientReady(std::size_t parameter) = 0;
  // This micro-batch gave `parameter` no gradient (an idle expert): instead of MarkGradientReady.
  // Its contribution is zero; when all trainers say so in all micro-batches of a step, its group's
  // AbsentPolicy decides.
  virtual absl::Status MarkGradientAbsent(std::size_t parameter) = 0;
  // Blocks until every gradient handed over may be overwritten.
  virtual absl::Status WaitForGradientBuffers() = 0;
  // Commits. kFailedPrecondition names a parameter that is neither ready nor absent, or a step out
  // of order.
  virtual absl::Status Step(const StepRequest& request) = 0;
  // Blocks until the last Step() is decided. A skip on non-finite gradients is a result, not an
  // error.
  virtual absl::StatusOr<StepResult> Result() = 0;
  // Blocks until `parameter` has the weights of the last Step().
  virtual absl::Status WaitForWeights(std::size_t parameter) = 0;
  // The same for all parameters, and for the end of the step on this rank.
  virtual absl::Status WaitForAllWeights() = 0;

  virtual absl::StatusOr<JobStatistics> Statistics() const = 0;
};

}  // namespace zerod

#endif  // ZEROD_TRAINER_H_
