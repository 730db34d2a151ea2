#ifndef ZEROD_TESTS_KERNELS_UPDATE_CONFIG_H_
#define ZEROD_TESTS_KERNELS_UPDATE_CONFIG_H_

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/update.h"

namespace zerod {

// One point of the space of settings that an update depends on.
struct UpdateConfig {
  Optimizer optimizer = Optimizer::kAdamW;
  bool keeps_momentum = false;  // SGD only
  bool nesterov = false;        // SGD with momentum only
  StateCodec codec = StateCodec::kRobust;
  DType dtype = DType::kBf16;
  MasterFormat master = MasterFormat::k24;
  MasterRounding rounding = MasterRounding::kNearest;
  DType gradient_dtype = DType::kBf16;
  bool decays = true;  // a weight_decay > 0, wherever the optimizer puts it
  bool clips = true;   // a clip factor below 1

  std::string Name() const;
  UpdateRule Rule() const { return RuleOf(optimizer, keeps_momentum); }
  Hyperparameters Settings() const;
  // Of the step number `update_count` >= 1, and what else holds for it; `step` keys the hash.
  UpdateScalars Scalars(std::uint64_t update_count) const;
  UpdateContext Context(std::uint64_t step) const;
};

// AdamW with every codec, layout of the masters, rounding and gradient dtype; and so many others
// that every two values of any two settings meet.
std::vector<UpdateConfig> AllConfigs();

// Every optimizer x codec x layout of the masters; the other settings alternate.
std::vector<UpdateConfig> ChainConfigs();

// The coordinates of a configuration: the number of its value in every setting.
using ConfigPoint = std::vector<int>;
ConfigPoint PointOf(const UpdateConfig& config);
// How many values every setting has.
ConfigPoint SettingSizes();

}  // namespace zerod

#endif  // ZEROD_TESTS_KERNELS_UPDATE_CONFIG_H_
