#include "examples/train_lm/hyperparameters.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace zerod::train_lm {
namespace {

// For language models; what an optimizer has no use for is left as zerod has it.
Hyperparameters DefaultsOf(zerod::Optimizer optimizer) {
  switch (optimizer) {
    case zerod::Optimizer::kAdamW:
    case zerod::Optimizer::kAdam:
      return {.beta2 = 0.95};
    case zerod::Optimizer::kLion:
      return {.beta2 = 0.99};
    case zerod::Optimizer::kSgdW:
    case zerod::Optimizer::kSgd:
      break;
  }
  return {};
}

Hyperparameters MakeHyperparameters(zerod::Optimizer optimizer, const OptimizerSettings& settings) {
  Hyperparameters hyperparameters = DefaultsOf(optimizer);
  hyperparameters.beta1 = settings.beta1.value_or(hyperparameters.beta1);
  hyperparameters.beta2 = settings.beta2.value_or(hyperparameters.beta2);
  hyperparameters.eps = settings.eps.value_or(hyperparameters.eps);
  hyperparameters.weight_decay = settings.weight_decay;
  hyperparameters.momentum = settings.momentum;
  hyperparameters.nesterov = settings.nesterov;
  hyperparameters.initial_lr = settings.initial_lr;
  return hyperparameters;
}

}  // namespace

absl::StatusOr<zerod::Optimizer> UpdateOf(const RunConfig& config) {
  if (config.optimizer == "zerod" || !config.UsesZerod()) return zerod::Optimizer::kAdamW;
  absl::StatusOr<zerod::Optimizer> optimizer = ParseOptimizer(config.optimizer);
  if (optimizer.ok()) return optimizer;
  return absl::InvalidArgumentError(
      absl::StrCat("--optimizer is '", config.optimizer,
                   "'; it can be adamw, adam, sgdw, sgd or lion, or adamw-fp32"));
}

std::vector<Hyperparameters> GroupHyperparameters(const RunConfig& config, double learning_rate) {
  Hyperparameters decay =
      MakeHyperparameters(UpdateOf(config).value_or(zerod::Optimizer::kAdamW), config.settings);
  decay.lr = learning_rate;
  Hyperparameters no_decay = decay;
  no_decay.weight_decay = 0.0;
  return {no_decay, decay};
}

absl::Status ValidateHyperparameters(const RunConfig& config) {
  ZEROD_ASSIGN_OR_RETURN(const zerod::Optimizer optimizer, UpdateOf(config));
  const std::string owner = absl::StrCat("--optimizer ", config.optimizer, ": ");
  if (!config.UsesZerod()) {
    if (config.settings.initial_lr != 0.0) {
      return absl::InvalidArgumentError(
          absl::StrCat(owner, "--initial-lr is ", config.settings.initial_lr,
                       "; it must be left at 0: only zerod decays so"));
    }
    const RunConfig defaults;
    if (config.codec != defaults.codec) {
      return absl::InvalidArgumentError(absl::StrCat(
          owner, "--codec is ", config.codec, "; leave it out: it is zerod's, this one has none"));
    }
    if (config.master_rounding != defaults.master_rounding) {
      return absl::InvalidArgumentError(
          absl::StrCat(owner, "--master-rounding is ", config.master_rounding,
                       "; leave it out: it is zerod's, this one has no 24-bit masters"));
    }
  }
  for (const Hyperparameters& group : GroupHyperparameters(config, config.learning_rate)) {
    const absl::Status valid = zerod::Validate(optimizer, group);
    if (!valid.ok()) return absl::InvalidArgumentError(absl::StrCat(owner, valid.message()));
  }
  return absl::OkStatus();
}

}  // namespace zerod::train_lm
