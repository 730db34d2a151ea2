#ifndef ZEROD_KERNELS_UPDATE_H_
#define ZEROD_KERNELS_UPDATE_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/update_rule.h"
#include "zerod/base/dtype.h"
#include "zerod/kernels/formats.h"
#include "zerod/kernels/optimizer.h"

namespace zerod {

// One parameter group's scalars of one step: computed in binary64 on one node, rounded once, then
// broadcast as bytes. Moments and gradient enter an update as beta * moment + gain * gradient.
struct UpdateScalars {
  float beta1;  // of m; of Lion's direction; SGD's momentum
  float gain1;  // (1 - beta1) * clip; SGD: clip
  float beta2;  // of v; Lion: of the m that is stored
  float gain2;  // sqrt(1 - beta2) * clip, squared with the gradient; Lion: (1 - beta2) * clip
  float k2;     // Adam: 1 / sqrt(1 - beta2^t)
  float eps;    // Adam
  float update_bound;      // Adam: |u| is clamped to it; an exact update never reaches it
  float step_size;         // lr; Adam: lr / (1 - beta1^t)
  float decay;             // factor on the weight: decoupled decay; 1 when off
  float coupled_decay;     // weight_decay where it is part of the gradient (L2); 0 when off
  float gradient_factor;   // with coupled decay: clip, which the gains then leave out
  float update_unit;       // |u| times it is the update in units of lr, for people
  std::uint32_t nesterov;  // 1: SGD steps along momentum * m + gradient

  bool operator==(const UpdateScalars&) const = default;
};

// `update_count` t >= 1 is the group's own number of updates, this one included. `clip` is the
// factor on the reduced gradient from global-norm clipping, 1 when off.
UpdateScalars MakeUpdateScalars(Optimizer optimizer, const Hyperparameters& hyperparameters,
                                std::uint64_t update_count, float clip);

// Keys the hashed bytes of one step: a function of job seed and step, never of the attempt.
struct StepKey {
  std::uint64_t value = 0;
};
StepKey MakeStepKey(std::uint64_t job_seed, std::uint64_t step);

// What an update noticed on its way. Sums and maxima, so that any number of updates add up.
struct UpdateTelemetry {
  std::uint64_t nonfinite_count = 0;  // elements whose new m, v or p was not finite
  std::uint64_t unmoved_count = 0;  // elements whose stored master kept its bits; all padding does
  std::uint64_t floor_count = 0;    // v codes at the smallest code that a v > 0 can get
  std::uint32_t max_update_bits =
      0;  // bits of the greatest finite |u|, before the factor update_unit

  void Merge(const UpdateTelemetry& other);
  bool operator==(const UpdateTelemetry&) const = default;
};

// A stretch of one parameter inside one slice, with everything its update reads and writes.
// Pointers belong to the caller and point at the stretch's first element (its first group for
// scales); none overlap but for `telemetry`.
struct UpdateTask {
  std::uint64_t flat_begin = 0;  // multiple of kQuantGroupElements
  std::uint64_t count = 0;       // elements, padding included; multiple of kQuantGroupElements
  DType dtype = DType::kBf16;    // of the weights
  MasterFormat master = MasterFormat::k24;
  DType gradient_dtype = DType::kBf16;  // of the reduced gradient; a reduction gives bf16 or fp32
  const std::byte* gradient = nullptr;  // reduced gradient
  std::byte* weights = nullptr;         // in and out
  std::byte* correction = nullptr;      // in and out; int8 (k24), int16 (k32), null (kNone)
  std::byte* m = nullptr;               // in and out; int8 or float; null where the rule has none
  std::byte* v = nullptr;               // in and out; uint8 or float; null where the rule has none
  std::uint16_t* scales = nullptr;      // in and out; per group m's, then v's if there is v; null
                                        // for kFp32 and without moments
  const UpdateScalars* scalars = nullptr;
  UpdateTelemetry* telemetry = nullptr;  // added to; tasks of one call may share it
};

// What holds for all tasks of one launch.
struct UpdateContext {
  UpdateRule rule = UpdateRule::kAdam;
  StateCodec codec = StateCodec::kRobust;
  MasterRounding rounding = MasterRounding::kNearest;
  StepKey key;
};

// One step on every task, in place. All implementations give the same bits (docs/numerics.md). The
// fastest path this CPU has; the reference where it has no fused multiply-add.
void UpdateWeights(const UpdateContext& context, std::span<const UpdateTask> tasks);
// The definition, element by element.
void UpdateWeightsReference(const UpdateContext& context, std::span<const UpdateTask> tasks);

}  // namespace zerod

#endif  // ZEROD_KERNELS_UPDATE_H_
