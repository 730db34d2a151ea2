#ifndef ZEROD_EXAMPLES_TRAIN_LM_ZEROD_JOB_H_
#define ZEROD_EXAMPLES_TRAIN_LM_ZEROD_JOB_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "examples/train_lm/optimizer.h"
#include "examples/train_lm/parameter_table.h"
#include "zerod/base/tensor_view.h"
#include "zerod/engine/job_spec.h"
#include "zerod/engine/statistics.h"

namespace zerod::train_lm {

// What zerod's job is made of, beside the model and the settings.
struct ZerodJobOptions {
  std::string name = "train_lm";
  std::string codec = "robust";
  std::uint64_t seed = 0;
};

// The same job whether zerod runs in this process or in daemons, so its bits are the same, too.
// kInvalidArgument: there is no such codec.
absl::StatusOr<JobSpec> MakeJobSpec(const ZerodJobOptions& options,
                                    const OptimizerSettings& settings, const ParameterTable& table);

// One view per parameter of `values`, which holds all of them back to back.
std::vector<ConstTensorView> ParameterViews(const ParameterTable& table,
                                            std::span<const float> values);

OptimizerUsage UsageOf(const JobStatistics& statistics);

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_ZEROD_JOB_H_
