#ifndef ZEROD_EXAMPLES_TRAIN_LM_SUMMARY_H_
#define ZEROD_EXAMPLES_TRAIN_LM_SUMMARY_H_

#include <cstddef>
#include <limits>
#include <string>

#include "absl/status/status.h"
#include "examples/train_lm/optimizer.h"
#include "examples/train_lm/run_config.h"

namespace zerod::train_lm {

// What is left of a run that reached its end. NaN: this process came after the last step.
struct Summary {
  double train_loss = std::numeric_limits<double>::quiet_NaN();  // of the last step
  double validation_loss = 0.0;
  std::size_t parameter_elements = 0;
  std::size_t text_bytes = 0;
  // Of this process, from its first step to its last, validation included, and without it.
  double seconds = 0.0;
  double seconds_per_step = std::numeric_limits<double>::quiet_NaN();
  OptimizerUsage usage;
};

// Writes it as one JSON object, beside the path first and renamed when complete. The error names
// the path.
absl::Status WriteSummary(const RunConfig& config, const Summary& summary);

// Whether a summary could be written there: to know before a long run, not after.
absl::Status CheckSummaryPath(const std::string& path);

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_SUMMARY_H_
