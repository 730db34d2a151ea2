#ifndef ZEROD_KERNELS_CUDA_ADAM_LANE_H_
#define ZEROD_KERNELS_CUDA_ADAM_LANE_H_

#include <cstdint>

#include "kernels/codec_robust.h"
#include "kernels/cuda/lane_words.h"
#include "kernels/cuda/robust_pairs.h"
#include "kernels/host_device.h"
#include "kernels/update.h"

namespace zerod {

// The fast path: AdamRule with RobustCodec, bf16 weights with 24-bit masters rounded to nearest and
// bf16 gradients, in the few instructions that a memory-bound kernel has time for. A lane takes
// half a quant group; two neighbours share maxima and scales. The bits are the reference's unless
// something is huge or not finite; then the caller updates the group by the definition.

inline constexpr int kLaneElements = 16;

// A lane's inputs, packed as they lie in memory.
struct AdamLane {
  std::uint32_t gradient[8];
  std::uint32_t weights[8];
  std::uint32_t correction[4];
  std::uint32_t m[4];
  std::uint32_t v[4];
  std::uint32_t scales;  // of the group: m's in the lower half, v's in the upper
};

struct AdamLaneScalars {
  float beta1, gain1, beta2, gain2, k2, eps, step_size, decay, update_bound;
};

// What a step leaves for encoding, and the new master.
struct AdamLaneStep {
  float m[kLaneElements];
  float root[kLaneElements];
  std::uint32_t weights[8];
  std::uint32_t correction[4];
  float max_m;          // NaN if any is
  float max_root;       // NaN if any is
  float max_u;          // NaNs left out; clamped
  float p_squares;      // their sum, roughly: whether any is huge or not finite
  std::uint32_t moved;  // masters with new bits, counted in both halves
};

struct AdamLaneCodes {
  std::uint32_t m[4];
  std::uint32_t v[4];
  std::uint32_t scales;
};

// Whether these scalars keep every intermediate of an ordinary lane in the ranges of
// seeded_float.h. A smaller eps has an infinite reciprocal: a zero m and v would give a NaN for u,
// which clamping swallows.
ZEROD_HOST_DEVICE inline bool FitsAdamLane(const UpdateScalars& s) {
  return s.coupled_decay == 0.0f && s.gain1 <= 0x1p20f && s.beta2 >= 0.25f && s.k2 >= 0.5f &&
         s.k2 <= 0x1p20f && s.eps >= 0x1p-126f && s.eps <= 0x1p20f;
}

ZEROD_HOST_DEVICE inline AdamLaneScalars MakeAdamLaneScalars(const UpdateScalars& s) {
  return {s.beta1, s.gain1, s.beta2, s.gain2, s.k2, s.eps, s.step_size, s.decay, s.update_bound};
}

// Whether the lane needs IntrinsicFloat: for a zero code of v, whose root has no seed, or a scale
// too small for the roots of small codes. Written without branches.
ZEROD_HOST_DEVICE inline bool NeedsIntrinsics(const AdamLane& lane) {
  std::uint32_t zeros = 0;
  ZEROD_UNROLL_ON_DEVICE
  for (int k = 0; k < 4; ++k) zeros |= (lane.v[k] - 0x01010101u) & ~lane.v[k];
  bool needs = (zeros & kSignsOfBytes) != 0;
  needs |= RobustCodec::VScale(static_cast<std::uint16_t>(lane.scales >> 16)) < 0x1p-33f;
  return needs;
}

// Whether what a step met rules its results out.
ZEROD_HOST_DEVICE inline bool IsStepOutOfRange(const AdamLaneStep& step) {
  bool in = step.max_m < kRobustLimit;
  in &= step.max_root < 0x1p15f;
  in &= step.p_squares < 1e37f;
  return !in;
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_ADAM_LANE_H_
