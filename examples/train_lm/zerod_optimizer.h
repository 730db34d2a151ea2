#ifndef ZEROD_EXAMPLES_TRAIN_LM_ZEROD_OPTIMIZER_H_
#define ZEROD_EXAMPLES_TRAIN_LM_ZEROD_OPTIMIZER_H_

#include <memory>
#include <span>

#include "absl/status/statusor.h"
#include "examples/train_lm/optimizer.h"
#include "examples/train_lm/parameter_table.h"
#include "examples/train_lm/run_config.h"

namespace zerod::train_lm {

// zerod in this process: bf16 weights and gradients, the optimizer state sharded over the ranks.
// Matrix products here run in fp32, so a seat keeps fp32 copies of the weights, made anew as each
// parameter's gather ends. `config` and `table` must outlive the
// optimizer.
absl::StatusOr<std::unique_ptr<Optimizer>> CreateZerodOptimizer(const RunConfig& config,
                                                                const ParameterTable& table,
                                                                std::span<const float> initial);

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_ZEROD_OPTIMIZER_H_
