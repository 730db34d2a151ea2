#include "examples/train_lm/parameter_table.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace zerod::train_lm {

ParameterTable::ParameterTable(const ModelConfig& config) {
  const std::int64_t width = config.width;
  token_embedding = Add("token_embedding.weight", {kVocabulary, width});
  position_embedding = Add("position_embedding.weight", {config.context, width});
  for (int block = 0; block < config.layers; ++block) blocks.push_back(AddBlock(block, width));
  final_norm_weight = Add("final_norm.weight", {width});
  final_norm_bias = Add("final_norm.bias", {width});
  head = config.tied_head ? token_embedding : Add("head.weight", {kVocabulary, width});
}

std::size_t ParameterTable::Add(std::string name, std::vector<std::int64_t> shape) {
  std::size_t count = 1;
  for (const std::int64_t extent : shape) count *= static_cast<std::size_t>(extent);
  all.push_back({std::move(name), std::move(shape), element_count, count});
  element_count += count;
  return all.size() - 1;
}

BlockParameters ParameterTable::AddBlock(int block, std::int64_t width) {
  const std::string prefix = absl::StrCat("block.", block, ".");
  BlockParameters added;
  added.norm1_weight = Add(prefix + "norm1.weight", {width});
  added.norm1_bias = Add(prefix + "norm1.bias", {width});
  added.qkv_weight = Add(prefix + "attention.qkv.weight", {3 * width, width});
  added.qkv_bias = Add(prefix + "attention.qkv.bias", {3 * width});
  added.projection_weight = Add(prefix + "attention.projection.weight", {width, width});
  added.projection_bias = Add(prefix + "attention.projection.bias", {width});
  added.norm2_weight = Add(prefix + "norm2.weight", {width});
  added.norm2_bias = Add(prefix + "norm2.bias", {width});
  added.up_weight = Add(prefix + "mlp.up.weight", {4 * width, width});
  added.up_bias = Add(prefix + "mlp.up.bias", {4 * width});
  added.down_weight = Add(prefix + "mlp.down.weight", {width, 4 * width});
  added.down_bias = Add(prefix + "mlp.down.bias", {width});
  return added;
}

}  // namespace zerod::train_lm
