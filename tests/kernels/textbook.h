#ifndef ZEROD_TESTS_KERNELS_TEXTBOOK_H_
#define ZEROD_TESTS_KERNELS_TEXTBOOK_H_

#include <cmath>

#include "zerod/kernels/optimizer.h"

namespace zerod {

// One parameter under an optimizer as its paper or torch.optim has it, in binary64. Nothing here is
// shared with the implementation but the names of the hyperparameters.
struct TextbookParameter {
  double p = 0.0;
  double m = 0.0;  // momentum buffer, or first moment
  double v = 0.0;

  // `t` counts from 1; `g` is clipped already. Returns what lr times is subtracted from p.
  double Step(Optimizer optimizer, const Hyperparameters& h, double g, double t) {
    switch (optimizer) {
      case Optimizer::kAdamW:
        Decay(h);
        return Descend(h, AdamUpdate(h, g, t));
      case Optimizer::kAdam:
        return Descend(h, AdamUpdate(h, g + h.weight_decay * p, t));
      case Optimizer::kSgdW:
        Decay(h);
        return Descend(h, MomentumUpdate(h, g, t));
      case Optimizer::kSgd:
        return Descend(h, MomentumUpdate(h, g + h.weight_decay * p, t));
      case Optimizer::kLion:
        Decay(h);
        return Descend(h, LionUpdate(h, g));
    }
    return NAN;
  }

 private:
  // Decoupled decay; fully decoupled where there is an initial learning rate.
  void Decay(const Hyperparameters& h) {
    if (h.initial_lr > 0.0) {
      p -= h.weight_decay * (h.lr / h.initial_lr) * p;
    } else {
      p -= h.lr * h.weight_decay * p;
    }
  }

  double Descend(const Hyperparameters& h, double update) {
    p -= h.lr * update;
    return update;
  }

  double AdamUpdate(const Hyperparameters& h, double g, double t) {
    m = h.beta1 * m + (1 - h.beta1) * g;
    v = h.beta2 * v + (1 - h.beta2) * g * g;
    const double m_hat = m / (1 - std::pow(h.beta1, t));
    const double v_hat = v / (1 - std::pow(h.beta2, t));
    return m_hat / (std::sqrt(v_hat) + h.eps);
  }

  // torch.optim.SGD with dampening 0: the first step copies the gradient.
  double MomentumUpdate(const Hyperparameters& h, double g, double t) {
    if (h.momentum == 0.0) return g;
    m = t == 1.0 ? g : h.momentum * m + g;
    return h.nesterov ? g + h.momentum * m : m;
  }

  double LionUpdate(const Hyperparameters& h, double g) {
    const double direction = h.beta1 * m + (1 - h.beta1) * g;
    m = h.beta2 * m + (1 - h.beta2) * g;
    return direction > 0 ? 1.0 : direction < 0 ? -1.0 : 0.0;
  }
};

}  // namespace zerod

#endif  // ZEROD_TESTS_KERNELS_TEXTBOOK_H_
