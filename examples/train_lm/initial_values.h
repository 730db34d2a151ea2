#ifndef ZEROD_EXAMPLES_TRAIN_LM_INITIAL_VALUES_H_
#define ZEROD_EXAMPLES_TRAIN_LM_INITIAL_VALUES_H_

#include <cstdint>
#include <vector>

#include "examples/train_lm/model_config.h"
#include "examples/train_lm/parameter_table.h"

namespace zerod::train_lm {

// All parameters back to back, as GPT-2 begins: matrices normal with deviation 0.02, those that
// write into the residual stream smaller by sqrt(2 * layers), norms one, biases zero. The same for
// a seed whatever the optimizer.
std::vector<float> InitialValues(const ModelConfig& config, const ParameterTable& table,
                                 std::uint64_t seed);

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_INITIAL_VALUES_H_
