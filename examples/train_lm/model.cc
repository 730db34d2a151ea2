#include "examples/train_lm/model.h"

#include <algorithm>

#include "base/status_macros.h"
#include "examples/train_lm/attention.h"
#include "examples/train_lm/cross_entropy.h"
#include "examples/train_lm/embedding.h"
#include "examples/train_lm/gelu.h"
#include "examples/train_lm/linear.h"

namespace zerod::train_lm {
namespace {

struct LinearParameters {
  std::size_t weight, bias;
};

absl::Status ApplyLinear(const LinearShape& shape, LinearParameters parameters, const float* x,
                         float* y, ParameterPort& port) {
  ZEROD_ASSIGN_OR_RETURN(const float* weight, port.Weights(parameters.weight));
  ZEROD_ASSIGN_OR_RETURN(const float* bias, port.Weights(parameters.bias));
  LinearForward(shape, {weight, bias}, x, y);
  return absl::OkStatus();
}

void AddTo(const std::vector<float>& x, std::size_t count, float* sum) {
  for (std::size_t i = 0; i < count; ++i) sum[i] += x[i];
}

}  // namespace

Model::Model(const ModelConfig& config, int max_sequences)
    : config_(config), parameters_(config), activations_(config, max_sequences) {}

absl::StatusOr<double> Model::Forward(const Batch& batch, ParameterPort& port) {
  const int rows = batch.sequences * config_.context;
  ZEROD_ASSIGN_OR_RETURN(const float* token, port.Weights(parameters_.token_embedding));
  ZEROD_ASSIGN_OR_RETURN(const float* position, port.Weights(parameters_.position_embedding));
  EmbeddingForward({config_.context, config_.width}, {token, position}, batch.inputs,
                   activations_.blocks[0].input.data());
  for (int block = 0; block < config_.layers; ++block) {
    ZEROD_RETURN_IF_ERROR(BlockForward(block, batch.sequences, port));
  }
  const Norm norm{parameters_.final_norm_weight,
                  parameters_.final_norm_bias,
                  {activations_.mean.data(), activations_.inverse.data()}};
  ZEROD_RETURN_IF_ERROR(
      NormForward(norm, rows, activations_.output.data(), activations_.normed.data(), port));
  ZEROD_ASSIGN_OR_RETURN(const float* head, port.Weights(parameters_.head));
  LinearForward({rows, config_.width, kVocabulary}, {head}, activations_.normed.data(),
                activations_.logits.data());
  return CrossEntropy(kVocabulary, batch.targets, activations_.logits.data());
}

absl::Status Model::NormForward(const Norm& norm, int rows, const float* x, float* y,
                                ParameterPort& port) {
  ZEROD_ASSIGN_OR_RETURN(const float* weight, port.Weights(norm.weight));
  ZEROD_ASSIGN_OR_RETURN(const float* bias, port.Weights(norm.bias));
  LayerNormForward({rows, config_.width},
                   {.weight = weight, .bias = bias, .x = x, .y = y, .statistics = norm.statistics});
  return absl::OkStatus();
}

absl::Status Model::BlockForward(int block, int sequences, ParameterPort& port) {
  const BlockParameters& p = parameters_.blocks[block];
  BlockActivations& a = activations_.blocks[block];
  const int width = config_.width;
  const int rows = sequences * config_.context;
  const std::size_t stream_count = static_cast<std::size_t>(rows) * width;

  const Norm norm1{p.norm1_weight, p.norm1_bias, {a.mean1.data(), a.inverse1.data()}};
  ZEROD_RETURN_IF_ERROR(NormForward(norm1, rows, a.input.data(), a.normed1.data(), port));
  ZEROD_RETURN_IF_ERROR(ApplyLinear({rows, width, 3 * width}, {p.qkv_weight, p.qkv_bias},
                                    a.normed1.data(), a.qkv.data(), port));
  AttentionForward({sequences, config_.context, config_.heads, width}, a.qkv.data(),
                   a.probabilities.data(), a.mixed.data());
  ZEROD_RETURN_IF_ERROR(ApplyLinear({rows, width, width}, {p.projection_weight, p.projection_bias},
                                    a.mixed.data(), a.middle.data(), port));
  AddTo(a.input, stream_count, a.middle.data());

  const Norm norm2{p.norm2_weight, p.norm2_bias, {a.mean2.data(), a.inverse2.data()}};
  ZEROD_RETURN_IF_ERROR(NormForward(norm2, rows, a.middle.data(), a.normed2.data(), port));
  ZEROD_RETURN_IF_ERROR(ApplyLinear({rows, width, 4 * width}, {p.up_weight, p.up_bias},
                                    a.normed2.data(), a.up.data(), port));
  GeluForward(rows * 4 * width, a.up.data(), a.gelu.data());
  const bool last = block + 1 == config_.layers;
  std::vector<float>& output = last ? activations_.output : activations_.blocks[block + 1].input;
  ZEROD_RETURN_IF_ERROR(ApplyLinear({rows, 4 * width, width}, {p.down_weight, p.down_bias},
                                    a.gelu.data(), output.data(), port));
  AddTo(a.middle, stream_count, output.data());
  return absl::OkStatus();
}

}  // namespace zerod::train_lm
