#ifndef ZEROD_KERNELS_OPTIMIZER_H_
#define ZEROD_KERNELS_OPTIMIZER_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace zerod {

// The update rule and where its weight decay enters. Numeric values are persisted: never renumber.
// docs/numerics.md has the formulas.
enum class Optimizer : std::uint8_t {
  kAdamW = 1,  // Loshchilov and Hutter, arXiv 1711.05101: decoupled decay
  kAdam = 2,   // Kingma and Ba, arXiv 1412.6980: decay is part of the gradient (L2)
  kSgdW = 3,   // SGD with momentum, decoupled decay
  kSgd = 4,    // SGD with momentum, decay is part of the gradient, as torch.optim.SGD
  kLion = 5,   // Chen et al., arXiv 2302.06675: decoupled decay
};

absl::string_view OptimizerName(Optimizer optimizer);  // "adamw", "adam", "sgdw", "sgd", "lion"
absl::StatusOr<Optimizer> ParseOptimizer(absl::string_view text);

// Hyperparameters of one parameter group, named as in torch.optim. An optimizer that has no use for
// one refuses any value but the default.
struct Hyperparameters {
  double lr = 1e-3;           // >= 0
  double beta1 = 0.9;         // in [0, 1); Adam and Lion
  double beta2 = 0.999;       // in [0, 1); Adam and Lion (there usually 0.99)
  double eps = 1e-8;          // at least 2^-126, about 1.2e-38; Adam
  double weight_decay = 0.0;  // >= 0
  double momentum = 0.0;      // in [0, 1); SGD, with dampening 0
  bool nesterov = false;      // SGD with momentum > 0
  // Of optimizers with decoupled decay: what decay is relative to. 0: a step multiplies weights by
  // 1 - lr * weight_decay. > 0: by 1 - weight_decay * lr / initial_lr, so that the decay follows
  // the schedule of lr but not its size ("fully decoupled").
  double initial_lr = 0.0;

  bool operator==(const Hyperparameters&) const = default;
};

// kInvalidArgument names the first hyperparameter that is NaN, infinite, out of range or not
// `optimizer`'s, and its value.
absl::Status Validate(Optimizer optimizer, const Hyperparameters& hyperparameters);

}  // namespace zerod

#endif  // ZEROD_KERNELS_OPTIMIZER_H_
