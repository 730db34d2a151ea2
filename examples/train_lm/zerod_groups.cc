#include "examples/train_lm/zerod_groups.h"

namespace zerod::train_lm {

std::vector<AdamWHyperparameters> GroupHyperparameters(const OptimizerSettings& settings,
                                                       double learning_rate) {
  AdamWHyperparameters decay{.lr = learning_rate,
                             .beta1 = settings.beta1,
                             .beta2 = settings.beta2,
                             .eps = settings.eps,
                             .weight_decay = settings.weight_decay};
  AdamWHyperparameters no_decay = decay;
  no_decay.weight_decay = 0.0;
  return {no_decay, decay};
}

std::vector<ParameterGroup> Groups(const OptimizerSettings& settings) {
  const std::vector<AdamWHyperparameters> hyperparameters = GroupHyperparameters(settings, 0.0);
  return {
      {.name = "no_decay", .patterns = {"*.bias", "*norm*"}, .hyperparameters = hyperparameters[0]},
      {.name = "decay", .hyperparameters = hyperparameters[1]}};
}

}  // namespace zerod::train_lm
