#include "examples/train_lm/activations.h"

#include <cstddef>

namespace zerod::train_lm {

Activations::Activations(const ModelConfig& config, int max_sequences) {
  const std::size_t width = config.width;
  const std::size_t context = config.context;
  const std::size_t rows = max_sequences * context;
  blocks.resize(config.layers);
  for (BlockActivations& block : blocks) {
    block.input.resize(rows * width);
    block.normed1.resize(rows * width);
    block.qkv.resize(rows * 3 * width);
    block.probabilities.resize(rows * config.heads * context);
    block.mixed.resize(rows * width);
    block.middle.resize(rows * width);
    block.normed2.resize(rows * width);
    block.up.resize(rows * 4 * width);
    block.gelu.resize(rows * 4 * width);
    for (auto* statistic : {&block.mean1, &block.inverse1, &block.mean2, &block.inverse2}) {
      statistic->resize(rows);
    }
  }
  output.resize(rows * width);
  normed.resize(rows * width);
  mean.resize(rows);
  inverse.resize(rows);
  logits.resize(rows * kVocabulary);
  stream_gradient.resize(rows * width);
  narrow_gradient.resize(rows * width);
  wide_gradient.resize(rows * 4 * width);
  square.resize(context * context);
}

}  // namespace zerod::train_lm
