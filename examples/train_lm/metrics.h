#ifndef ZEROD_EXAMPLES_TRAIN_LM_METRICS_H_
#define ZEROD_EXAMPLES_TRAIN_LM_METRICS_H_

#include <fstream>
#include <optional>
#include <string>

#include "absl/status/status.h"

namespace zerod::train_lm {

// What one step has to tell.
struct StepMetrics {
  int step = 0;
  double train_loss = 0.0;  // mean over trainers and micro-batches, nats per byte
  std::optional<double> validation_loss;
  double learning_rate = 0.0;
  double gradient_norm = 0.0;
  double tokens_per_second = 0.0;  // mean so far, without validation, as the next
  double seconds_per_step = 0.0;
  double seconds = 0.0;       // since this process began its first step
  double seconds_left = 0.0;  // an estimate
};

// A file of JSON lines, one per step, each written whole.
class MetricsFile {
 public:
  // An empty path writes nowhere. What the file held goes, unless `append`. The error names the
  // path.
  absl::Status Open(const std::string& path, bool append);
  absl::Status Append(const StepMetrics& metrics);

 private:
  std::string path_;
  std::ofstream file_;
};

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_METRICS_H_
