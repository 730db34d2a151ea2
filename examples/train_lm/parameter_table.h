#ifndef ZEROD_EXAMPLES_TRAIN_LM_PARAMETER_TABLE_H_
#define ZEROD_EXAMPLES_TRAIN_LM_PARAMETER_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "examples/train_lm/model_config.h"

namespace zerod::train_lm {

struct Parameter {
  std::string name;
  std::vector<std::int64_t> shape;
  std::size_t offset = 0;  // in a flat array of all parameters, back to back
  std::size_t count = 0;   // elements
};

// Indices of one transformer block's parameters.
struct BlockParameters {
  std::size_t norm1_weight, norm1_bias;
  std::size_t qkv_weight, qkv_bias;
  std::size_t projection_weight, projection_bias;
  std::size_t norm2_weight, norm2_bias;
  std::size_t up_weight, up_bias;
  std::size_t down_weight, down_bias;
};

// The model's parameters in the order in which the forward pass first reads them.
struct ParameterTable {
  explicit ParameterTable(const ModelConfig& config);

  std::vector<Parameter> all;
  std::size_t element_count = 0;

  std::size_t token_embedding;
  std::size_t position_embedding;
  std::vector<BlockParameters> blocks;
  std::size_t final_norm_weight, final_norm_bias;
  std::size_t head;  // the token embedding when it is tied

 private:
  std::size_t Add(std::string name, std::vector<std::int64_t> shape);
  BlockParameters AddBlock(int block, std::int64_t width);
};

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_PARAMETER_TABLE_H_
