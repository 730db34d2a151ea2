#include "engine/job_rule.h"

#include <algorithm>

namespace zerod {

UpdateRule JobRule(const JobSpec& spec) {
  const bool keeps_momentum = std::ranges::any_of(spec.groups, [](const ParameterGroup& group) {
    return !group.frozen && group.hyperparameters.momentum > 0;
  });
  return RuleOf(spec.optimizer, keeps_momentum);
}

}  // namespace zerod
