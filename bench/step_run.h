#ifndef ZEROD_BENCH_STEP_RUN_H_
#define ZEROD_BENCH_STEP_RUN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace zerod::bench {

// What `zerod-bench step` measures: whole steps of a lone trainer on one rank, without a model.
struct StepOptions {
  std::string service;              // a daemon with one rank
  std::uint64_t element_count = 0;  // of all parameters together
  int tensor_count = 16;
  int threads_per_rank = 1;  // of the embedded job; the daemon has its own
  int step_count = 100;      // per round
  int repetition_count = 9;  // rounds; embedded and sidecar take turns
};

// Seconds per step, a value per round.
struct StepTimes {
  std::vector<double> embedded_s;
  std::vector<double> sidecar_s;
};

// Runs the same steps in a job of this process and in one of the daemon.
absl::StatusOr<StepTimes> RunSteps(const StepOptions& options);

std::string StepReportJson(const StepOptions& options, const StepTimes& times);
std::string StepReportText(const StepOptions& options, const StepTimes& times);

}  // namespace zerod::bench

#endif  // ZEROD_BENCH_STEP_RUN_H_
