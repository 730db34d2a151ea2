#ifndef ZEROD_KERNELS_HYPERPARAMETERS_H_
#define ZEROD_KERNELS_HYPERPARAMETERS_H_

#include "absl/status/status.h"

namespace zerod {

// AdamW with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101), named as in
// torch.optim.AdamW.
struct AdamWHyperparameters {
  double lr = 1e-3;           // >= 0
  double beta1 = 0.9;         // in [0, 1)
  double beta2 = 0.999;       // in [0, 1)
  double eps = 1e-8;          // > 0, and not 0 once rounded to binary32
  double weight_decay = 0.0;  // >= 0

  bool operator==(const AdamWHyperparameters&) const = default;
};

// kInvalidArgument names the first hyperparameter that is NaN, infinite or out of range, and its
// value.
absl::Status Validate(const AdamWHyperparameters& hyperparameters);

}  // namespace zerod

#endif  // ZEROD_KERNELS_HYPERPARAMETERS_H_
