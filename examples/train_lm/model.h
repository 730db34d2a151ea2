#ifndef ZEROD_EXAMPLES_TRAIN_LM_MODEL_H_
#define ZEROD_EXAMPLES_TRAIN_LM_MODEL_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "examples/train_lm/activations.h"
#include "examples/train_lm/batch.h"
#include "examples/train_lm/model_config.h"
#include "examples/train_lm/parameter_port.h"
#include "examples/train_lm/parameter_table.h"

namespace zerod::train_lm {

// A byte-level GPT with layer norms before its sublayers: forward and backward by hand, in fp32. It
// owns activations, never weights or gradients: those pass through a port. One per trainer.
class Model {
 public:
  // `config` is valid; no batch will have more than `max_sequences`.
  Model(const ModelConfig& config, int max_sequences);

  // The mean loss in nats per byte.
  absl::StatusOr<double> Forward(const Batch& batch, ParameterPort& port);
  // Of the batch that Forward has just seen. Every parameter's gradient is handed over as soon as
  // it is complete, from the head down to the embeddings.
  absl::Status Backward(const Batch& batch, ParameterPort& port);

  const ParameterTable& parameters() const { return parameters_; }

 private:
  struct Norm {
    std::size_t weight, bias;  // parameters
    LayerNormStatistics statistics;
  };

  absl::Status BlockForward(int block, int sequences, ParameterPort& port);
  absl::Status MlpBackward(int block, int rows, ParameterPort& port);
  absl::Status AttentionSublayerBackward(int block, int sequences, ParameterPort& port);
  absl::Status HeadBackward(int rows, ParameterPort& port);
  absl::Status EmbeddingsBackward(const Batch& batch, ParameterPort& port);

  absl::Status NormForward(const Norm& norm, int rows, const float* x, float* y,
                           ParameterPort& port);
  // Adds to the residual stream's gradient.
  absl::Status NormBackward(const Norm& norm, int rows, const float* x, const float* y_gradient,
                            ParameterPort& port);

  const ModelConfig config_;
  const ParameterTable parameters_;
  Activations activations_;
};

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_MODEL_H_
