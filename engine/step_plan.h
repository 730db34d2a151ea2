#ifndef ZEROD_ENGINE_STEP_PLAN_H_
#define ZEROD_ENGINE_STEP_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/job_layout.h"

namespace zerod {

// One two-phase step, in the order in which every rank executes it: for each micro-batch the
// buckets are reduced, last one first, as backward passes fill them; then the step is committed;
// then the buckets are updated and gathered, first one first, as forward passes need them; then it
// is acknowledged.
struct StepPlan {
  std::vector<std::size_t> buckets;  // those with trainable bytes, ascending
};

StepPlan MakeStepPlan(const JobLayout& layout);

// One action a line, for people.
std::string DescribeStepPlan(const StepPlan& plan, std::uint32_t micro_batches);

}  // namespace zerod

#endif  // ZEROD_ENGINE_STEP_PLAN_H_
