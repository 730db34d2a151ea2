#ifndef ZEROD_ENGINE_JOB_RULE_H_
#define ZEROD_ENGINE_JOB_RULE_H_

#include "kernels/update_rule.h"
#include "zerod/engine/job_spec.h"

namespace zerod {

// What the job keeps per element, for good. SGD keeps momentum if a group that is not frozen starts
// with some. `spec.optimizer` exists.
UpdateRule JobRule(const JobSpec& spec);

}  // namespace zerod

#endif  // ZEROD_ENGINE_JOB_RULE_H_
