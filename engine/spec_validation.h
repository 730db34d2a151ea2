#ifndef ZEROD_ENGINE_SPEC_VALIDATION_H_
#define ZEROD_ENGINE_SPEC_VALIDATION_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "zerod/engine/job_spec.h"
#include "zerod/engine/step_request.h"

namespace zerod {

inline constexpr std::size_t kMaxNameBytes = 1024;
inline constexpr std::uint64_t kMaxElements = std::uint64_t{1} << 48;  // of a whole job
inline constexpr std::uint32_t kMaxMicroBatches = 1u << 20;
inline constexpr std::uint64_t kMaxBuckets = std::uint64_t{1} << 20;

// The product of the extents. kInvalidArgument names the parameter and the extent that is negative
// or too large.
absl::StatusOr<std::uint64_t> ElementCount(const ParameterSpec& parameter);

// Index of the first group with a pattern that matches, else of the group without patterns.
// kInvalidArgument names the parameter that no group takes.
absl::StatusOr<std::size_t> GroupIndex(const JobSpec& spec, const ParameterSpec& parameter);

// Names, groups and hyperparameters; shapes are checked by ElementCount.
absl::Status ValidateSpec(const JobSpec& spec);

// What a trainer passes at Open, and at a Step of the job that `spec`, a valid one, has created.
// kInvalidArgument names the field and its value.
absl::Status ValidateOpen(const OpenRequest& request);
absl::Status ValidateStep(const StepRequest& request, const JobSpec& spec);

}  // namespace zerod

#endif  // ZEROD_ENGINE_SPEC_VALIDATION_H_
