#ifndef ZEROD_MODEL_FILES_H_
#define ZEROD_MODEL_FILES_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "zerod/base/tensor_view.h"
#include "zerod/embedded.h"
#include "zerod/engine/job_spec.h"
#include "zerod/trainer.h"

namespace zerod {

// A model's weights in safetensors files, as its ecosystem names them: model.safetensors, or
// model-00001-of-0000N.safetensors with model.safetensors.index.json, which says what lies where.
// Tensors are called as the parameters are.

// Weights that were read.
struct ModelWeights {
  std::vector<ConstTensorView> values;  // one per parameter, in their order, in the files' dtypes
  // What `values` look at: the mapped files, as a rule. As long as this lives, the files must not
  // shrink (SIGBUS).
  std::shared_ptr<const void> memory;
};

// The initial values of a job, from a file, an index (*.index.json), or a folder that holds
// model.safetensors or model.safetensors.index.json. bf16, fp16 and fp32 are taken for parameters
// of any dtype. kInvalidArgument: the files contradict themselves, or don't fit the model; then it
// names the parameters that are missing, the tensors that are none, and those of another shape.
absl::StatusOr<ModelWeights> ReadModelFiles(const std::string& path,
                                            std::span<const ParameterSpec> parameters);

struct ModelFileOptions {
  // Of the tensors in one file. A larger parameter has a file of its own.
  std::uint64_t max_file_bytes = 5'000'000'000;
};

// Whether a model can be written into `folder`, which is created if it is missing: to know before a
// long run, not after. kAlreadyExists names a file of a model that is there: readers could not tell
// which of two they are to take.
absl::Status CheckModelFolder(const std::string& folder);

// The weights as the trainer sees them, in each parameter's dtype, as of its last Step(), which it
// waits for. By the trainer's thread. Errors as CheckModelFolder; kResourceExhausted: the disk is
// full. After an error no file of the model is there; otherwise all of it is on the disk. A folder
// that lacks the index, or has files that end in .partial.*, was left by a process that died.
absl::Status ExportWeights(const std::string& folder, Trainer& trainer,
                           const ModelFileOptions& options = {});

// The master weights of `job`, whose parameters these are, as fp32: more bits than its weights, and
// all that a job needs to go on as precisely. One step's, if no trainer steps meanwhile.
absl::Status ExportMasterWeights(const std::string& folder, const Embedded& job,
                                 std::span<const ParameterSpec> parameters,
                                 const ModelFileOptions& options = {});

// The values of one parameter, by its index, in its dtype; valid until the next call.
using WeightSource = std::function<absl::StatusOr<ConstTensorView>(std::size_t parameter)>;

// What both are made of: asks for each parameter once, and keeps none. kInvalidArgument names the
// parameter whose values have another dtype or size.
absl::Status WriteModelFiles(const std::string& folder, std::span<const ParameterSpec> parameters,
                             const WeightSource& source, const ModelFileOptions& options = {});

}  // namespace zerod

#endif  // ZEROD_MODEL_FILES_H_
