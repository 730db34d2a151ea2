#ifndef ZEROD_EXAMPLES_TRAIN_LM_HYPERPARAMETERS_H_
#define ZEROD_EXAMPLES_TRAIN_LM_HYPERPARAMETERS_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "examples/train_lm/run_config.h"
#include "zerod/kernels/optimizer.h"

namespace zerod::train_lm {

// The update that zerod makes, and, without it, the comparison. kInvalidArgument names --optimizer.
absl::StatusOr<zerod::Optimizer> UpdateOf(const RunConfig& config);

// The hyperparameters of the job's two groups in a step: norms and biases without weight decay,
// then everything else with it. `config` is valid.
std::vector<Hyperparameters> GroupHyperparameters(const RunConfig& config, double learning_rate);

// Whether the optimizer has a use for all that the command line gives it. kInvalidArgument names
// what is wrong.
absl::Status ValidateHyperparameters(const RunConfig& config);

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_HYPERPARAMETERS_H_
