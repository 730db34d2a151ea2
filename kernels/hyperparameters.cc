#include "zerod/kernels/hyperparameters.h"

#include <cmath>

#include "absl/strings/str_cat.h"

namespace zerod {
namespace {

absl::Status OutOfRange(const char* name, double value, const char* range) {
  return absl::InvalidArgumentError(absl::StrCat(name, " is ", value, "; it must be ", range));
}

// Also rejects NaN.
bool IsBelowOne(double value) { return value >= 0.0 && value < 1.0; }

bool IsUsableFloat(double value) {
  return value >= 0.0 && std::isfinite(value) && std::isfinite(static_cast<float>(value));
}

}  // namespace

absl::Status Validate(const AdamWHyperparameters& hyperparameters) {
  const AdamWHyperparameters& h = hyperparameters;
  if (!IsUsableFloat(h.lr)) return OutOfRange("lr", h.lr, "finite and not negative");
  if (!IsBelowOne(h.beta1)) return OutOfRange("beta1", h.beta1, "in [0, 1)");
  if (!IsBelowOne(h.beta2)) return OutOfRange("beta2", h.beta2, "in [0, 1)");
  if (!IsUsableFloat(h.eps) || static_cast<float>(h.eps) == 0.0f) {
    return OutOfRange("eps", h.eps, "finite, positive and not 0 in binary32 (at least 1e-45)");
  }
  if (!IsUsableFloat(h.weight_decay)) {
    return OutOfRange("weight_decay", h.weight_decay, "finite and not negative");
  }
  // Beyond it every weight would change its sign, and padding zeros would become negative ones.
  if (h.lr * h.weight_decay > 1.0) {
    return OutOfRange("weight_decay", h.weight_decay, "at most 1 / lr");
  }
  return absl::OkStatus();
}

}  // namespace zerod
