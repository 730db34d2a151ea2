#ifndef ZEROD_EXAMPLES_TRAIN_LM_PROGRESS_H_
#define ZEROD_EXAMPLES_TRAIN_LM_PROGRESS_H_

#include <optional>
#include <string>

#include "examples/train_lm/metrics.h"

namespace zerod::train_lm {

// Where a run stands, on stderr: one line that is rewritten on a terminal, a line every tenth of
// the run elsewhere.
class Progress {
 public:
  Progress(std::string label, int steps);
  ~Progress();  // ends the line

  void Show(const StepMetrics& metrics);

 private:
  const std::string label_;
  const int steps_;
  const bool terminal_;
  bool line_open_ = false;
  std::optional<double> validation_loss_;  // the last one seen
};

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_PROGRESS_H_
