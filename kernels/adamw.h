#ifndef ZEROD_KERNELS_ADAMW_H_
#define ZEROD_KERNELS_ADAMW_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "zerod/base/dtype.h"
#include "zerod/kernels/formats.h"
#include "zerod/kernels/hyperparameters.h"

namespace zerod {

// One parameter group's scalars of one step: computed in binary64 on one node, rounded once, then
// broadcast as bytes.
struct AdamWScalars {
  float beta1;
  float one_minus_beta1;
  float beta2;
  float one_minus_beta2;
  float k2;  // 1 / sqrt(1 - beta2^t)
  float a;   // lr / (1 - beta1^t)
  float eps;
  float decay;         // 1 - lr * weight_decay
  float update_bound;  // |m / fma(s, k2, eps)| is clamped to it; an exact Adam update never reaches
                       // it
  float clip;          // factor on the reduced gradient, from global-norm clipping; 1 when off

  bool operator==(const AdamWScalars&) const = default;
};

// `update_count` t >= 1 is the group's own number of updates, this one included.
AdamWScalars MakeAdamWScalars(const AdamWHyperparameters& hyperparameters,
                              std::uint64_t update_count, float clip);

// Keys the hashed bytes of one step: a function of job seed and step, never of the attempt.
struct StepKey {
  std::uint64_t value = 0;
};
StepKey MakeStepKey(std::uint64_t job_seed, std::uint64_t step);

// A stretch of one parameter inside one slice, with everything its update reads and writes.
// Pointers belong to the caller and point at the stretch's first element (its first group for
// scales); none overlap.
struct AdamWTask {
  std::uint64_t flat_begin = 0;  // multiple of kQuantGroupElements
  std::uint64_t count = 0;       // elements, padding included; multiple of kQuantGroupElements
  DType dtype = DType::kBf16;    // of the weights
  MasterFormat master = MasterFormat::k24;
  DType gradient_dtype = DType::kBf16;  // of the reduced gradient
  const std::byte* gradient = nullptr;  // reduced gradient
  std::byte* weights = nullptr;         // in and out; bf16 or float
  std::byte* correction = nullptr;      // in and out; int8 (k24), int16 (k32), null (kNone)
  std::byte* m = nullptr;               // in and out; int8 or float
  std::byte* v = nullptr;               // in and out; uint8 or float
  std::uint16_t* scales = nullptr;      // in and out; two per group: m's, then v's; null for kFp32
  const AdamWScalars* scalars = nullptr;
};

// What holds for all tasks of one launch.
struct UpdateContext {
  StateCodec codec = StateCodec::kRobust;
  MasterRounding rounding = MasterRounding::kNearest;
  StepKey key;
};

// What an update noticed.
struct UpdateReport {
  std::uint64_t nonfinite_count = 0;  // elements whose new m, v or p was not finite
};

// One AdamW step on every task, in place. All three implementations give the same bits
// (docs/numerics.md). The fastest path this CPU has; the reference where it has no fused
// multiply-add.
UpdateReport UpdateAdamW(const UpdateContext& context, std::span<const AdamWTask> tasks);
// The definition, element by element.
UpdateReport UpdateAdamWReference(const UpdateContext& context, std::span<const AdamWTask> tasks);

}  // namespace zerod

#endif  // ZEROD_KERNELS_ADAMW_H_
