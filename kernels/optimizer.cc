#include "zerod/kernels/optimizer.h"

#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "kernels/update_rule.h"

namespace zerod {
namespace {

constexpr Optimizer kOptimizers[] = {Optimizer::kAdamW, Optimizer::kAdam, Optimizer::kSgdW,
                                     Optimizer::kSgd, Optimizer::kLion};

absl::Status OutOfRange(const char* name, double value, absl::string_view range) {
  return absl::InvalidArgumentError(absl::StrCat(name, " is ", value, "; it must be ", range));
}

// Also rejects NaN.
bool IsBelowOne(double value) { return value >= 0.0 && static_cast<float>(value) < 1.0f; }

constexpr char kUsableFloat[] = "finite in binary32 (at most 3.4e38) and not negative";

bool IsUsableFloat(double value) {
  return value >= 0.0 && std::isfinite(value) && std::isfinite(static_cast<float>(value));
}

// Whether the decay multiplies weights, instead of being part of the gradient.
bool DecouplesDecay(Optimizer optimizer) {
  return optimizer != Optimizer::kAdam && optimizer != Optimizer::kSgd;
}

absl::Status ValidateUse(Optimizer optimizer, const Hyperparameters& h) {
  const auto unused = [optimizer](const char* name, double value) {
    return absl::InvalidArgumentError(absl::StrCat(
        name, " is ", value, "; ", OptimizerName(optimizer), " has none: leave it at its default"));
  };
  const UpdateRule rule = RuleOf(optimizer, /*keeps_momentum=*/true);
  const Hyperparameters defaults;
  if (rule == UpdateRule::kMomentum) {
    if (h.beta1 != defaults.beta1) return unused("beta1", h.beta1);
    if (h.beta2 != defaults.beta2) return unused("beta2", h.beta2);
  } else {
    if (h.momentum != defaults.momentum) return unused("momentum", h.momentum);
    if (h.nesterov) {
      return absl::InvalidArgumentError(
          absl::StrCat("nesterov is set; ", OptimizerName(optimizer), " has none: leave it out"));
    }
  }
  if (rule != UpdateRule::kAdam && h.eps != defaults.eps) {
    return unused("eps", h.eps);
  }
  if (!DecouplesDecay(optimizer) && h.initial_lr != 0.0) {
    return OutOfRange(
        "initial_lr", h.initial_lr,
        absl::StrCat("left at 0: ", OptimizerName(optimizer), "'s decay is part of the gradient"));
  }
  return absl::OkStatus();
}

absl::Status ValidateDecay(Optimizer optimizer, const Hyperparameters& h) {
  if (!IsUsableFloat(h.weight_decay)) {
    return OutOfRange("weight_decay", h.weight_decay, kUsableFloat);
  }
  if (!IsUsableFloat(h.initial_lr)) {
    return OutOfRange("initial_lr", h.initial_lr, kUsableFloat);
  }
  if (h.initial_lr > 0.0 && static_cast<float>(h.initial_lr) == 0.0f) {
    return OutOfRange("initial_lr", h.initial_lr, "0, or not 0 in binary32 (at least 1e-45)");
  }
  if (!DecouplesDecay(optimizer)) return absl::OkStatus();
  // Beyond it every weight would change its sign, and padding zeros would become negative ones.
  const double lr = h.initial_lr > 0.0 ? h.lr / h.initial_lr : h.lr;
  if (!(lr * h.weight_decay <= 1.0)) {
    return OutOfRange("weight_decay", h.weight_decay,
                      absl::StrCat("at most ", h.initial_lr > 0.0 ? "initial_lr" : "1",
                                   " / lr, which is ", 1.0 / lr));
  }
  return absl::OkStatus();
}

}  // namespace

absl::string_view OptimizerName(Optimizer optimizer) {
  switch (optimizer) {
    case Optimizer::kAdamW:
      return "adamw";
    case Optimizer::kAdam:
      return "adam";
    case Optimizer::kSgdW:
      return "sgdw";
    case Optimizer::kSgd:
      return "sgd";
    case Optimizer::kLion:
      return "lion";
  }
  return "unknown optimizer";
}

absl::StatusOr<Optimizer> ParseOptimizer(absl::string_view text) {
  for (Optimizer optimizer : kOptimizers) {
    if (text == OptimizerName(optimizer)) return optimizer;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("optimizer '", text, "' is not adamw, adam, sgdw, sgd or lion"));
}

UpdateRule RuleOf(Optimizer optimizer, bool keeps_momentum) {
  switch (optimizer) {
    case Optimizer::kAdamW:
    case Optimizer::kAdam:
      return UpdateRule::kAdam;
    case Optimizer::kSgdW:
    case Optimizer::kSgd:
      return keeps_momentum ? UpdateRule::kMomentum : UpdateRule::kGradient;
    case Optimizer::kLion:
      return UpdateRule::kLion;
  }
  return UpdateRule::kAdam;
}

absl::Status Validate(Optimizer optimizer, const Hyperparameters& hyperparameters) {
  const Hyperparameters& h = hyperparameters;
  if (!IsUsableFloat(h.lr)) return OutOfRange("lr", h.lr, kUsableFloat);
  if (!IsBelowOne(h.beta1)) return OutOfRange("beta1", h.beta1, "in [0, 1), also in binary32");
  if (!IsBelowOne(h.beta2)) return OutOfRange("beta2", h.beta2, "in [0, 1), also in binary32");
  // Its reciprocal, where a moment is 0, must be a number.
  if (!IsUsableFloat(h.eps) || static_cast<float>(h.eps) < std::numeric_limits<float>::min()) {
    return OutOfRange("eps", h.eps,
                      "normal and finite in binary32 (at least 1.18e-38, at most 3.4e38)");
  }
  // An early Adam step's size, lr / (1 - beta1^t), must be a number, too.
  if (RuleOf(optimizer, true) == UpdateRule::kAdam && !IsUsableFloat(h.lr / (1.0 - h.beta1))) {
    return OutOfRange("lr", h.lr, "finite in binary32 when divided by 1 - beta1");
  }
  if (!IsBelowOne(h.momentum))
    return OutOfRange("momentum", h.momentum, "in [0, 1), also in binary32");
  ZEROD_RETURN_IF_ERROR(ValidateDecay(optimizer, h));
  ZEROD_RETURN_IF_ERROR(ValidateUse(optimizer, h));
  if (h.nesterov && h.momentum == 0.0) {
    return OutOfRange("momentum", h.momentum, "positive with nesterov");
  }
  return absl::OkStatus();
}

}  // namespace zerod
