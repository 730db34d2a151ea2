#ifndef ZEROD_EXAMPLES_TRAIN_LM_MODEL_CONFIG_H_
#define ZEROD_EXAMPLES_TRAIN_LM_MODEL_CONFIG_H_

#include "absl/status/status.h"

namespace zerod::train_lm {

inline constexpr int kVocabulary = 256;  // tokens are bytes

struct ModelConfig {
  int layers = 4;
  int width = 128;
  int heads = 4;
  int context = 128;
  bool tied_head = true;  // the head's matrix is the token embedding
};

// kInvalidArgument names the option that is wrong.
absl::Status Validate(const ModelConfig& config);

}  // namespace zerod::train_lm

#endif  // ZEROD_EXAMPLES_TRAIN_LM_MODEL_CONFIG_H_
