#ifndef ZEROD_ENGINE_INITIAL_VALUES_H_
#define ZEROD_ENGINE_INITIAL_VALUES_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "absl/status/status.h"
#include "engine/job_layout.h"
#include "engine/shard_memory.h"
#include "engine/shard_plan.h"
#include "zerod/base/tensor_view.h"

namespace zerod {

// Whether `initial_values` fit the job: one view per parameter, bf16, fp16 or fp32 (every
// parameter takes each of them), with as many elements. kInvalidArgument names the parameter and
// what differs.
absl::Status CheckInitialValues(const JobLayout& layout,
                                std::span<const ConstTensorView> initial_values);

// Some of one parameter's initial values.
struct InitialValuesPart {
  std::size_t parameter = 0;
  std::uint64_t first = 0;  // of its elements, row-major
  ConstTensorView values;   // bf16, fp16 or fp32
};

// Fills weights (in the whole arena, or in own slices) and correction of one rank. The correction
// holds what the weights have no room for. kInvalidArgument names the parameter whose
// values don't fit or are not finite.
absl::Status LoadInitialValues(const JobLayout& layout, const ShardPlan& plan,
                               const InitialValuesPart& part, const ShardMemory& memory);

}  // namespace zerod

#endif  // ZEROD_ENGINE_INITIAL_VALUES_H_
