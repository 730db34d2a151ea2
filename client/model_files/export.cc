#include "base/status_macros.h"
#include "zerod/model_files.h"

namespace zerod {

absl::Status ExportWeights(const std::string& folder, Trainer& trainer,
                           const ModelFileOptions& options) {
  ZEROD_RETURN_IF_ERROR(trainer.WaitForAllWeights());
  return WriteModelFiles(
      folder, trainer.parameters(),
      [&](std::size_t parameter) -> absl::StatusOr<ConstTensorView> {
        return trainer.Weights(parameter);
      },
      options);
}

absl::Status ExportMasterWeights(const std::string& folder, const Embedded& job,
                                 std::span<const ParameterSpec> parameters,
                                 const ModelFileOptions& options) {
  std::vector<ParameterSpec> masters(parameters.begin(), parameters.end());
  for (ParameterSpec& parameter : masters) parameter.dtype = DType::kFp32;
  std::vector<float> values;
  return WriteModelFiles(
      folder, masters,
      [&](std::size_t parameter) -> absl::StatusOr<ConstTensorView> {
        ZEROD_ASSIGN_OR_RETURN(values, job.MasterWeights(parameter));
        return ConstTensorView::Of(values);
      },
      options);
}

}  // namespace zerod
