#include <algorithm>

#include "base/status_macros.h"
#include "examples/train_lm/attention.h"
#include "examples/train_lm/embedding.h"
#include "examples/train_lm/gelu.h"
#include "examples/train_lm/linear.h"
#include "examples/train_lm/model.h"

// The backward pass, sublayer by sublayer from the loss to the embeddings. `stream_gradient` is
// that of the residual stream: every sublayer reads it at its output and adds to it at its input.
namespace zerod::train_lm {
namespace {

struct LinearBackward {
  LinearShape shape;
  std::size_t weight, bias;  // parameters
  const float* x = nullptr;
  const float* y_gradient = nullptr;
  float* x_gradient = nullptr;
};

absl::Status BackPropagate(const LinearBackward& linear, ParameterPort& port) {
  LinearParametersBackward(linear.shape, linear.x, linear.y_gradient,
                           {port.Gradient(linear.weight), port.Gradient(linear.bias)});
  ZEROD_RETURN_IF_ERROR(port.GradientReady(linear.bias));
  ZEROD_RETURN_IF_ERROR(port.GradientReady(linear.weight));
  ZEROD_ASSIGN_OR_RETURN(const float* weight, port.Weights(linear.weight));
  LinearInputBackward(linear.shape, weight, linear.y_gradient, linear.x_gradient);
  return absl::OkStatus();
}

}  // namespace

absl::Status Model::Backward(const Batch& batch, ParameterPort& port) {
  ZEROD_RETURN_IF_ERROR(HeadBackward(batch.sequences * config_.context, port));
  for (int block = config_.layers - 1; block >= 0; --block) {
    ZEROD_RETURN_IF_ERROR(MlpBackward(block, batch.sequences * config_.context, port));
    ZEROD_RETURN_IF_ERROR(AttentionSublayerBackward(block, batch.sequences, port));
  }
  return EmbeddingsBackward(batch, port);
}

absl::Status Model::HeadBackward(int rows, ParameterPort& port) {
  const LinearShape shape{rows, config_.width, kVocabulary};
  const float* d_logits = activations_.logits.data();
  LinearParametersBackward(shape, activations_.normed.data(), d_logits,
                           {port.Gradient(parameters_.head)});
  // A tied head shares its gradient with the token embedding, which completes it.
  if (!config_.tied_head) ZEROD_RETURN_IF_ERROR(port.GradientReady(parameters_.head));
  ZEROD_ASSIGN_OR_RETURN(const float* head, port.Weights(parameters_.head));
  LinearInputBackward(shape, head, d_logits, activations_.narrow_gradient.data());

  std::fill(activations_.stream_gradient.begin(), activations_.stream_gradient.end(), 0.0f);
  const Norm norm{parameters_.final_norm_weight,
                  parameters_.final_norm_bias,
                  {activations_.mean.data(), activations_.inverse.data()}};
  return NormBackward(norm, rows, activations_.output.data(), activations_.narrow_gradient.data(),
                      port);
}

absl::Status Model::NormBackward(const Norm& norm, int rows, const float* x,
                                 const float* y_gradient, ParameterPort& port) {
  ZEROD_ASSIGN_OR_RETURN(const float* weight, port.Weights(norm.weight));
  LayerNormBackward({rows, config_.width}, {.weight = weight,
                                            .x = x,
                                            .statistics = norm.statistics,
                                            .y_gradient = y_gradient,
                                            .x_gradient = activations_.stream_gradient.data(),
                                            .weight_gradient = port.Gradient(norm.weight),
                                            .bias_gradient = port.Gradient(norm.bias)});
  ZEROD_RETURN_IF_ERROR(port.GradientReady(norm.bias));
  return port.GradientReady(norm.weight);
}

absl::Status Model::MlpBackward(int block, int rows, ParameterPort& port) {
  const BlockParameters& p = parameters_.blocks[block];
  BlockActivations& a = activations_.blocks[block];
  const int width = config_.width;
  float* wide = activations_.wide_gradient.data();
  float* narrow = activations_.narrow_gradient.data();
  ZEROD_RETURN_IF_ERROR(BackPropagate({.shape = {rows, 4 * width, width},
                                       .weight = p.down_weight,
                                       .bias = p.down_bias,
                                       .x = a.gelu.data(),
                                       .y_gradient = activations_.stream_gradient.data(),
                                       .x_gradient = wide},
                                      port));
  GeluBackward(rows * 4 * width, a.up.data(), wide);
  ZEROD_RETURN_IF_ERROR(BackPropagate({.shape = {rows, width, 4 * width},
                                       .weight = p.up_weight,
                                       .bias = p.up_bias,
                                       .x = a.normed2.data(),
                                       .y_gradient = wide,
                                       .x_gradient = narrow},
                                      port));
  const Norm norm{p.norm2_weight, p.norm2_bias, {a.mean2.data(), a.inverse2.data()}};
  return NormBackward(norm, rows, a.middle.data(), narrow, port);
}

absl::Status Model::AttentionSublayerBackward(int block, int sequences, ParameterPort& port) {
  const BlockParameters& p = parameters_.blocks[block];
  BlockActivations& a = activations_.blocks[block];
  const int width = config_.width;
  const int rows = sequences * config_.context;
  float* wide = activations_.wide_gradient.data();
  float* narrow = activations_.narrow_gradient.data();
  ZEROD_RETURN_IF_ERROR(BackPropagate({.shape = {rows, width, width},
                                       .weight = p.projection_weight,
                                       .bias = p.projection_bias,
                                       .x = a.mixed.data(),
                                       .y_gradient = activations_.stream_gradient.data(),
                                       .x_gradient = narrow},
                                      port));
  AttentionBackward({sequences, config_.context, config_.heads, width},
                    {.qkv = a.qkv.data(),
                     .probabilities = a.probabilities.data(),
                     .output_gradient = narrow,
                     .qkv_gradient = wide,
                     .scratch = activations_.square.data()});
  ZEROD_RETURN_IF_ERROR(BackPropagate({.shape = {rows, width, 3 * width},
                                       .weight = p.qkv_weight,
                                       .bias = p.qkv_bias,
                                       .x = a.normed1.data(),
                                       .y_gradient = wide,
                                       .x_gradient = narrow},
                                      port));
  const Norm norm{p.norm1_weight, p.norm1_bias, {a.mean1.data(), a.inverse1.data()}};
  return NormBackward(norm, rows, a.input.data(), narrow, port);
}

absl::Status Model::EmbeddingsBackward(const Batch& batch, ParameterPort& port) {
  const std::size_t token = parameters_.token_embedding;
  const std::size_t position = parameters_.position_embedding;
  float* token_gradient = port.Gradient(token);
  if (!config_.tied_head) {
    std::fill_n(token_gradient, parameters_.all[token].count, 0.0f);
  }
  EmbeddingBackward({config_.context, config_.width}, batch.inputs,
                    activations_.stream_gradient.data(), {token_gradient, port.Gradient(position)});
  ZEROD_RETURN_IF_ERROR(port.GradientReady(position));
  return port.GradientReady(token);
}

}  // namespace zerod::train_lm
