#ifndef ZEROD_EXAMPLES_TRAIN_LM_ZEROD_OPTIMIZER_H_
#define ZEROD_EXAMPLES_TRAIN_LM_ZEROD_OPTIMIZER_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "examples/train_lm/optimizer.h"
#include "examples/train_lm/parameter_table.h"
#include "examples/train_lm/zerod_job.h"

namespace zerod::train_lm {

struct ZerodOptions {
  int trainers = 1;
  // One per rank. With fewer ranks than trainers, ranks without a share of the state are added:
  // every trainer needs one.
  std::vector<std::uint32_t> shard_weights = {1};
  ZerodJobOptions job;
};

// zerod in this process: bf16 weights and gradients, the optimizer state sharded over the ranks.
// Matrix products here run in fp32, so a seat keeps fp32 copies of the weights, made anew as each
// parameter's gather ends. `table` must outlive the optimizer.
absl::StatusOr<std::unique_ptr<Optimizer>> CreateZerodOptimizer(const ZerodOptions& options,
                                                                const OptimizerSettings& settings,
                                                                const ParameterTable& table,
                                                                std::span<const float> initial);

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_ZEROD_OPTIMIZER_H_
