#ifndef ZEROD_ENGINE_JOB_SPEC_H_
#define ZEROD_ENGINE_JOB_SPEC_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "zerod/base/dtype.h"
#include "zerod/kernels/formats.h"
#include "zerod/kernels/optimizer.h"

namespace zerod {

// A named tensor of the model.
struct ParameterSpec {
  std::string name;                 // unique in the job; at most 1,024 bytes
  std::vector<std::int64_t> shape;  // {} is a scalar; every extent >= 0
  // Of the weights, and of the gradients the trainer hands over: bf16, fp16 or fp32.
  DType dtype = DType::kBf16;
};

// What happens to a parameter in a step for which every contributor has declared it absent (no
// gradient).
enum class AbsentPolicy : std::uint8_t {
  kZeroGradient = 1,  // its gradient counts as zero: moments and weight decay go on
  kSkip = 2,          // its weights, moments and correction stay untouched
};

// Parameters that share hyperparameters and policies.
struct ParameterGroup {
  std::string name = "default";
  // Shell patterns (fnmatch: *, ?, [abc]) over whole parameter names. A parameter belongs to the
  // first group that has a matching pattern; a group without patterns takes what is left. E.g.
  // {"*.bias", "*norm*"} for a no-decay group.
  std::vector<std::string> patterns;
  Hyperparameters hyperparameters;  // of the first step; every StepRequest may carry others
  AbsentPolicy absent = AbsentPolicy::kZeroGradient;
  // Frozen parameters have weights only: no gradient, no optimizer state, no bytes on any link.
  bool frozen = false;
  // Master format of the group's bf16 and fp16 parameters. Unset: k24, and k32 for parameters with
  // fewer than two dimensions (norms, biases), whose small relative updates 24 bits would lose.
  std::optional<MasterFormat> master;
};

// One model's training state: everything that decides a stored bit. World size, shard weights and
// bucket size do not.
struct JobSpec {
  std::string name = "job";
  std::uint64_t seed = 0;  // of the stochastic roundings
  std::vector<ParameterSpec>
      parameters;  // in forward order: gathers follow it, reductions its reverse
  std::vector<ParameterGroup> groups = {ParameterGroup{}};
  // SGD and SGDW keep momentum for the whole life of the job if a group that is not frozen starts
  // with momentum > 0, and never otherwise.
  Optimizer optimizer = Optimizer::kAdamW;
  StateCodec codec = StateCodec::kRobust;
  MasterRounding master_rounding = MasterRounding::kNearest;
  std::uint32_t micro_batches = 1;  // of the first step; Trainer::Open changes it
  std::uint64_t bucket_bytes =
      8u << 20;  // of 16-bit gradients in one bucket; at least one line (512)
};

}  // namespace zerod

#endif  // ZEROD_ENGINE_JOB_SPEC_H_
