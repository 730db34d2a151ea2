#ifndef ZEROD_EXAMPLES_TRAIN_LM_RUN_H_
#define ZEROD_EXAMPLES_TRAIN_LM_RUN_H_

#include <atomic>

#include "absl/status/statusor.h"
#include "examples/train_lm/run_config.h"
#include "examples/train_lm/summary.h"

namespace zerod::train_lm {

// Trains as `config` says, with a thread per trainer of this process, shows progress and writes the
// metrics and summary files. Files are touched only once everything else about the run is known to
// be in order. A non-zero `stop_signal` ends it after the current step with kCancelled. With a
// service the current step is given up, and the other processes' trainers redo it once another
// takes this one's place; and where this one waits for others or for the daemon, the process ends
// there, with 128 + `stop_signal`.
absl::StatusOr<Summary> TrainLanguageModel(const RunConfig& config,
                                           const std::atomic<int>& stop_signal);

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_RUN_H_
