#ifndef ZEROD_ENGINE_DECISION_H_
#define ZEROD_ENGINE_DECISION_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/agreement.h"
#include "engine/job_layout.h"
#include "kernels/gradient_norm.h"
#include "kernels/update.h"
#include "zerod/engine/step_request.h"

namespace zerod {

// What one coordinator decides about a step, for all ranks. From here on the step completes without
// any trainer.
struct Decision {
  StepResult result;
  std::vector<UpdateScalars> scalars;   // per group
  std::vector<std::uint8_t> untouched;  // per parameter: 1 where absence leaves its state as it is
};

// A pure function of what was agreed. `update_counts` are the groups' numbers of updates before
// this step.
Decision Decide(const JobLayout& layout, std::uint64_t step, std::uint64_t attempt,
                const AgreedCommit& commit, const GradientNorm& norm,
                std::span<const std::uint64_t> update_counts);

// As bytes of a size that the layout alone fixes.
std::vector<std::byte> EncodeDecision(const Decision& decision);
absl::StatusOr<Decision> DecodeDecision(const JobLayout& layout, std::span<const std::byte> bytes);
std::size_t DecisionBytes(const JobLayout& layout);

}  // namespace zerod

#endif  // ZEROD_ENGINE_DECISION_H_
