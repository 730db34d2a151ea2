#ifndef ZEROD_ENGINE_STEP_PLAN_H_
#define ZEROD_ENGINE_STEP_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/job_layout.h"

namespace zerod {

enum class StepActionKind : std::uint8_t {
  kReduce,       // exchange a bucket's contributions; owners sum their slices
  kCommit,       // agree, take the global norm, decide
  kUpdate,       // owners update their slices of a bucket
  kGather,       // the bucket's new weights go to all arenas
  kAcknowledge,  // everybody has everything: the step is over
};

struct StepAction {
  StepActionKind kind = StepActionKind::kCommit;
  std::size_t bucket = 0;         // kReduce, kUpdate, kGather
  std::uint32_t micro_batch = 0;  // kReduce

  bool operator==(const StepAction&) const = default;
};

// One two-phase step in the order in which every rank executes it: reductions in reverse forward
// order, micro-batch by micro-batch; updates and gathers in forward order. Buckets without
// trainable bytes do not appear.
std::vector<StepAction> MakeStepPlan(const JobLayout& layout, std::uint32_t micro_batches);

// One action a line, for people.
std::string DescribeStepPlan(const std::vector<StepAction>& plan);

}  // namespace zerod

#endif  // ZEROD_ENGINE_STEP_PLAN_H_
