#ifndef ZEROD_KERNELS_UPDATE_RULE_H_
#define ZEROD_KERNELS_UPDATE_RULE_H_

#include <cstddef>
#include <cstdint>

#include "zerod/kernels/optimizer.h"

namespace zerod {

// What an update keeps and does, apart from where decay enters.
enum class UpdateRule : std::uint8_t {
  kAdam,      // moments m and v
  kLion,      // moment m
  kMomentum,  // moment m: SGD with momentum
  kGradient,  // no moment: SGD without
};
// `keeps_momentum` matters to SGD only.
UpdateRule RuleOf(Optimizer optimizer, bool keeps_momentum);
constexpr bool HasM(UpdateRule rule) { return rule != UpdateRule::kGradient; }
constexpr bool HasV(UpdateRule rule) { return rule == UpdateRule::kAdam; }
// Moments per element, and scales per quant group.
constexpr std::size_t MomentCount(UpdateRule rule) { return HasV(rule) ? 2 : HasM(rule) ? 1 : 0; }

}  // namespace zerod

#endif  // ZEROD_KERNELS_UPDATE_RULE_H_
