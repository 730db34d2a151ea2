#ifndef ZEROD_EXAMPLES_TRAIN_LM_SERVICE_OPTIMIZER_H_
#define ZEROD_EXAMPLES_TRAIN_LM_SERVICE_OPTIMIZER_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "examples/train_lm/optimizer.h"
#include "examples/train_lm/parameter_table.h"
#include "examples/train_lm/service_config.h"
#include "examples/train_lm/zerod_job.h"

namespace zerod::train_lm {

struct ServiceOptions {
  ServiceConfig service;
  int trainers = 1;  // of the job
  // One per rank of the daemons' world; empty: equal ones.
  std::vector<std::uint32_t> shard_weights;
  ZerodJobOptions job;
};

// zerod in daemons: trainer 0 creates the job, the others wait until it exists; each process
// attaches its one trainer. kCancelled: `stop_signal` became non-zero meanwhile. `table` must
// outlive the optimizer; `initial` is only read during the call.
absl::StatusOr<std::unique_ptr<Optimizer>> ConnectServiceOptimizer(
    const ServiceOptions& options, const OptimizerSettings& settings, const ParameterTable& table,
    std::span<const float> initial, const std::atomic<int>& stop_signal);

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_SERVICE_OPTIMIZER_H_
