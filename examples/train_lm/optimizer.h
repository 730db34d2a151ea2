#ifndef ZEROD_EXAMPLES_TRAIN_LM_OPTIMIZER_H_
#define ZEROD_EXAMPLES_TRAIN_LM_OPTIMIZER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "examples/train_lm/parameter_port.h"

namespace zerod::train_lm {

// Weight decay spares parameters with fewer than two dimensions.
struct OptimizerSettings {
  std::optional<double> beta1;  // unset, as the two below: what suits the optimizer
  std::optional<double> beta2;
  std::optional<double> eps;
  double weight_decay = 0.1;
  double momentum = 0.0;
  bool nesterov = false;
  double initial_lr = 0.0;         // 0: decay follows the size of the learning rate
  double max_gradient_norm = 1.0;  // 0: no clipping
  int micro_batches = 1;
};

struct StepReport {
  bool skipped = false;  // a gradient was not finite: nothing has changed
  double gradient_norm = 0.0;
};

// One trainer's end of an optimizer. A step is, for each micro-batch, forward, BeginGradients() and
// backward, then Step(). Destroying it early makes the other trainers' calls return kAborted.
class TrainerSeat : public ParameterPort {
 public:
  // Waits until the gradients of a further micro-batch may be written.
  virtual absl::Status BeginGradients() = 0;
  // All trainers call it with the same learning rate.
  virtual absl::StatusOr<StepReport> Step(double learning_rate) = 0;
  // Waits until nothing of the last step is under way any more.
  virtual absl::Status Finish() = 0;
  // Writes the model into `folder`, in the dtypes of its parameters. After Finish().
  virtual absl::Status ExportWeights(const std::string& folder) = 0;

  // For trainers that are processes of their own, and meet nowhere but in the optimizer:
  // The steps that were over when this trainer came.
  virtual absl::StatusOr<int> StepsDone() { return 0; }
  // After a kAborted of BeginGradients(), Step() or the port, `lost`: returns when the step can be
  // done again from its first micro-batch, which changes none of its results; else why it can't.
  virtual absl::Status Redo(const absl::Status& lost) { return lost; }
  // Gives the open step up, for all trainers: the others get kAborted with `reason`.
  virtual absl::Status GiveUp(const std::string& /*reason*/) { return absl::OkStatus(); }
  // Of trainers other than 0, instead of Finish(): also waits until trainer 0, which counts what
  // all of them hold, has left.
  virtual absl::Status FinishAfterFirstTrainer() { return absl::OkStatus(); }
};

// What one rank holds and has moved, as counted by the optimizer itself.
struct RankUsage {
  int rank = 0;
  bool has_trainer = false;
  std::map<std::string, std::uint64_t> bytes_by_kind;
  std::uint64_t optimizer_state_bytes = 0;  // of these, what the optimizer keeps beside the weights
  std::uint64_t sent_bytes = 0;             // since the beginning
  std::uint64_t received_bytes = 0;
};

// What the last step's updates did to the weights of one parameter group.
struct GroupUsage {
  std::string name;
  double unmoved_share = 0.0;         // of its weights: those whose master kept its bits
  std::optional<double> floor_share;  // of its v codes: the smallest of a v > 0
  double max_update = 0.0;            // in units of the learning rate
};

struct OptimizerUsage {
  std::vector<RankUsage> ranks;
  std::vector<GroupUsage> groups;  // empty where the optimizer does not count it
  // bf16 parameters with 32-bit instead of 24-bit masters.
  std::uint64_t wide_master_elements = 0;
  std::vector<std::string> wide_master_parameters;
  std::uint64_t skipped_steps = 0;      // a gradient was not finite
  std::uint64_t last_updated_step = 0;  // 0: none has
};

// The optimizer of a run, shared by its trainers in this process. Thread-safe.
class Optimizer {
 public:
  virtual ~Optimizer() = default;
  virtual absl::StatusOr<std::unique_ptr<TrainerSeat>> Attach(int trainer) = 0;
  // Once all trainers have finished; who has left holds no gradients any more.
  virtual absl::StatusOr<OptimizerUsage> Usage() const = 0;
  // Writes the model into `folder` as fp32, with all the bits the optimizer keeps of it. Once all
  // trainers have finished.
  virtual absl::Status ExportMasterWeights(const std::string& folder) const = 0;
  // What outlives a run that has failed, and what to do about it. Empty: nothing does.
  virtual std::string WhatIsLeft() const { return ""; }
  // By trainer 0, after that: nobody needs the training state any more. Trainers in other processes
  // take it as a sign to leave.
  virtual absl::Status Discard() { return absl::OkStatus(); }
};

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_OPTIMIZER_H_
