#ifndef ZEROD_EXAMPLES_TRAIN_LM_ZEROD_JOB_H_
#define ZEROD_EXAMPLES_TRAIN_LM_ZEROD_JOB_H_

#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "examples/train_lm/optimizer.h"
#include "examples/train_lm/parameter_table.h"
#include "examples/train_lm/run_config.h"
#include "zerod/base/tensor_view.h"
#include "zerod/engine/job_spec.h"
#include "zerod/engine/statistics.h"

namespace zerod::train_lm {

// The same job whether zerod runs in this process or in daemons, so its bits are the same, too.
absl::StatusOr<JobSpec> MakeJobSpec(const RunConfig& config, const ParameterTable& table);

// One view per parameter of `values`, which holds all of them back to back.
std::vector<ConstTensorView> ParameterViews(const ParameterTable& table,
                                            std::span<const float> values);

OptimizerUsage UsageOf(const JobStatistics& statistics);

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_ZEROD_JOB_H_
