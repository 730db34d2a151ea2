#ifndef ZEROD_EXAMPLES_TRAIN_LM_WEIGHT_FILES_H_
#define ZEROD_EXAMPLES_TRAIN_LM_WEIGHT_FILES_H_

#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "examples/train_lm/optimizer.h"
#include "examples/train_lm/parameter_table.h"
#include "examples/train_lm/run_config.h"

namespace zerod::train_lm {

// All parameters back to back: of --initial-weights, or as the seed gives them. Trainers that don't
// create the job read no file.
absl::StatusOr<std::vector<float>> StartingValues(const RunConfig& config,
                                                  const ParameterTable& table);

// Whether --export-weights can be written: to know before a long run, not after.
absl::Status CheckExport(const RunConfig& config);

// What --export-weights asks for, if anything: of trainer 0, when all have finished.
absl::Status ExportRun(const RunConfig& config, TrainerSeat& seat, const Optimizer& optimizer);

// Writes `values`, all parameters back to back, as fp32.
absl::Status ExportFp32(const std::string& folder, const ParameterTable& table,
                        std::span<const float> values);

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_WEIGHT_FILES_H_
