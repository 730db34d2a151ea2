#ifndef ZEROD_EXAMPLES_TRAIN_LM_ZEROD_GROUPS_H_
#define ZEROD_EXAMPLES_TRAIN_LM_ZEROD_GROUPS_H_

#include <vector>

#include "examples/train_lm/optimizer.h"
#include "zerod/engine/job_spec.h"

namespace zerod::train_lm {

// The job's two groups: norms and biases without weight decay, then everything else with it.
std::vector<ParameterGroup> Groups(const OptimizerSettings& settings);

// Their hyperparameters in a step, in the same order.
std::vector<AdamWHyperparameters> GroupHyperparameters(const OptimizerSettings& settings,
                                                       double learning_rate);

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_ZEROD_GROUPS_H_
