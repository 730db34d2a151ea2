#include "examples/train_lm/weight_files.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "examples/train_lm/initial_values.h"
#include "kernels/split.h"
#include "zerod/model_files.h"

namespace zerod::train_lm {
namespace {

std::vector<ParameterSpec> Fp32Parameters(const ParameterTable& table) {
  std::vector<ParameterSpec> specs;
  for (const Parameter& parameter : table.all) {
    specs.push_back({.name = parameter.name, .shape = parameter.shape, .dtype = DType::kFp32});
  }
  return specs;
}

absl::Status Named(absl::string_view option, const absl::Status& status) {
  if (status.ok()) return status;
  return {status.code(), absl::StrCat(option, ": ", status.message())};
}

}  // namespace

absl::StatusOr<std::vector<float>> StartingValues(const RunConfig& config,
                                                  const ParameterTable& table) {
  if (config.initial_weights.empty() || !config.HasFirstTrainer()) {
    return InitialValues(config.model, table, config.seed);
  }
  const absl::StatusOr<ModelWeights> weights =
      ReadModelFiles(config.initial_weights, Fp32Parameters(table));
  if (!weights.ok()) return Named("--initial-weights", weights.status());
  std::vector<float> values(table.element_count);
  for (std::size_t i = 0; i < table.all.size(); ++i) {
    const Parameter& parameter = table.all[i];
    JoinWeights({.dtype = weights->values[i].dtype,
                 .master = MasterFormat::kNone,
                 .weights = weights->values[i].bytes.data(),
                 .values = std::span(values).subspan(parameter.offset, parameter.count)});
  }
  return values;
}

absl::Status CheckExport(const RunConfig& config) {
  if (config.export_weights.empty()) return absl::OkStatus();
  return Named("--export-weights", CheckModelFolder(config.export_weights));
}

absl::Status ExportRun(const RunConfig& config, TrainerSeat& seat, const Optimizer& optimizer) {
  if (config.export_weights.empty()) return absl::OkStatus();
  const absl::Status exported = config.export_dtype == "fp32"
                                    ? optimizer.ExportMasterWeights(config.export_weights)
                                    : seat.ExportWeights(config.export_weights);
  return Named("--export-weights", exported);
}

absl::Status ExportFp32(const std::string& folder, const ParameterTable& table,
                        std::span<const float> values) {
  return WriteModelFiles(
      folder, Fp32Parameters(table), [&](std::size_t index) -> absl::StatusOr<ConstTensorView> {
        const Parameter& parameter = table.all[index];
        return ConstTensorView::Of(values.subspan(parameter.offset, parameter.count));
      });
}

}  // namespace zerod::train_lm
