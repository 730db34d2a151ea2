#include "examples/train_lm/model_config.h"

#include "absl/strings/str_cat.h"

namespace zerod::train_lm {

absl::Status Validate(const ModelConfig& config) {
  const struct {
    const char* option;
    int value;
    int max;
  } limits[] = {{"--layers", config.layers, 128},
                {"--width", config.width, 8192},
                {"--heads", config.heads, 256},
                {"--context", config.context, 4096}};
  for (const auto& limit : limits) {
    if (limit.value < 1 || limit.value > limit.max) {
      return absl::InvalidArgumentError(
          absl::StrCat(limit.option, " is ", limit.value, "; it must lie in 1..", limit.max));
    }
  }
  if (config.width % config.heads != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("--width ", config.width, " is not a multiple of --heads ", config.heads));
  }
  return absl::OkStatus();
}

}  // namespace zerod::train_lm
