#ifndef ZEROD_EXAMPLES_TRAIN_LM_SERVICE_OPTIMIZER_H_
#define ZEROD_EXAMPLES_TRAIN_LM_SERVICE_OPTIMIZER_H_

#include <atomic>
#include <memory>
#include <span>

#include "absl/status/statusor.h"
#include "examples/train_lm/optimizer.h"
#include "examples/train_lm/parameter_table.h"
#include "examples/train_lm/run_config.h"

namespace zerod::train_lm {

// zerod in daemons: trainer 0 creates the job, the others wait until it exists; each process
// attaches its one trainer. `initial` is only read during the call, everything else must outlive
// the optimizer. A WaitWatch heeds `stop_signal` wherever it, or its seat, waits.
absl::StatusOr<std::unique_ptr<Optimizer>> ConnectServiceOptimizer(
    const RunConfig& config, const ParameterTable& table, std::span<const float> initial,
    const std::atomic<int>& stop_signal);

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_SERVICE_OPTIMIZER_H_
