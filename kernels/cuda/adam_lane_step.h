#ifndef ZEROD_KERNELS_CUDA_ADAM_LANE_STEP_H_
#define ZEROD_KERNELS_CUDA_ADAM_LANE_STEP_H_

#include <cmath>
#include <cstdint>

#include "kernels/codec_robust.h"
#include "kernels/cuda/adam_lane.h"
#include "kernels/cuda/lane_words.h"
#include "kernels/cuda/seeded_float.h"
#include "kernels/float_ops.h"
#include "kernels/host_device.h"

namespace zerod {

// What the weights move by, in units of the step size.
struct AdamLaneUpdates {
  float u[kLaneElements];
};

// Moments and their maxima into `step`; returns the updates, clamped. `tables.M(word, j)` and
// `tables.V(word, j)` decode byte j of a word, m's in excess of 128.
template <typename Arithmetic, typename Tables>
ZEROD_HOST_DEVICE inline AdamLaneUpdates StepMoments(const AdamLane& lane, const AdamLaneScalars& s,
                                                     const Tables& tables, AdamLaneStep* step) {
  AdamLaneUpdates updates;
  float(&u)[kLaneElements] = updates.u;
  step->max_m = step->max_root = step->max_u = 0.0f;
  const float decayed_m_scale =
      Multiply(s.beta1, RobustCodec::MScale(static_cast<std::uint16_t>(lane.scales)));
  const float v_scale = RobustCodec::VScale(static_cast<std::uint16_t>(lane.scales >> 16));
  const float decayed_v_scale = Multiply(s.beta2, RobustCodec::VScaleSquare(v_scale));
  ZEROD_UNROLL_ON_DEVICE
  for (int i = 0; i < kLaneElements; ++i) {
    const std::uint32_t g_word = lane.gradient[i / 2];
    const float g = FloatOf(i % 2 != 0 ? g_word & 0xffff0000u : g_word << 16);
    const float old_m = tables.M(lane.m[i / 4] ^ kSignsOfBytes, i % 4);
    const float m = FusedMultiplyAdd(s.gain1, g, Multiply(old_m, decayed_m_scale));
    const float gained = Multiply(s.gain2, g);
    const float old_v = tables.V(lane.v[i / 4], i % 4);
    const float root =
        Arithmetic::RootOf(FusedMultiplyAdd(gained, gained, Multiply(old_v, decayed_v_scale)));
    u[i] = Multiply(m, Arithmetic::ReciprocalOf(FusedMultiplyAdd(root, s.k2, s.eps)));
    step->m[i] = m;
    step->root[i] = root;
    step->max_m = MaxOrNan(step->max_m, Absolute(m));
    step->max_root = MaxOrNan(step->max_root, root);
    step->max_u = fmaxf(step->max_u, fabsf(u[i]));
  }
  // Rare but in a run's first steps. A NaN that it swallows has been noticed in m or root.
  if (step->max_u > s.update_bound) {
    ZEROD_UNROLL_ON_DEVICE
    for (int i = 0; i < kLaneElements; ++i) {
      u[i] = fminf(fmaxf(u[i], -s.update_bound), s.update_bound);
    }
    step->max_u = s.update_bound;
  }
  return updates;
}

// Masters into `step`.
ZEROD_HOST_DEVICE inline void StepMasters(const AdamLane& lane, const AdamLaneScalars& s,
                                          const AdamLaneUpdates& updates, AdamLaneStep* step) {
  step->p_squares = 0.0f;
  step->moved = 0;
  ZEROD_UNROLL_ON_DEVICE
  for (int k = 0; k < 4; ++k) {
    const std::uint32_t old_correction = lane.correction[k] ^ kSignsOfBytes;
    const std::uint32_t corrections[2] = {PermuteBytes(old_correction, 0, 0x1404),
                                          PermuteBytes(old_correction, 0, 0x3424)};
    std::uint32_t rounded[4];  // bits of p plus 0x8080: the weight, then the correction + 128
    ZEROD_UNROLL_ON_DEVICE
    for (int j = 0; j < 4; ++j) {
      const int i = 4 * k + j;
      const float p = FloatOf(
          PermuteBytes(lane.weights[i / 2], corrections[j / 2], j % 2 != 0 ? 0x3274 : 0x1054) -
          0x8000u);
      const float new_p = FusedMultiplyAdd(-s.step_size, updates.u[i], Multiply(p, s.decay));
      step->p_squares = FusedMultiplyAdd(new_p, new_p, step->p_squares);
      rounded[j] = BitsOf(new_p) + 0x8080u;
    }
    const std::uint32_t correction =
        PermuteBytes(PermuteBytes(rounded[0], rounded[1], 0x0051),
                     PermuteBytes(rounded[2], rounded[3], 0x0051), 0x5410);
    const std::uint32_t difference = correction ^ old_correction;
    step->correction[k] = correction ^ kSignsOfBytes;
    ZEROD_UNROLL_ON_DEVICE
    for (int pair = 0; pair < 2; ++pair) {
      const std::uint32_t word = PermuteBytes(rounded[2 * pair], rounded[2 * pair + 1], 0x7632);
      const std::uint32_t both = (word ^ lane.weights[2 * k + pair]) |
                                 PermuteBytes(difference, 0, pair == 0 ? 0x4140 : 0x4342);
      step->weights[2 * k + pair] = word;
      step->moved += MinOfHalves(both, 0x00010001u);
    }
  }
}

template <typename Arithmetic, typename Tables>
ZEROD_HOST_DEVICE inline AdamLaneStep StepAdamLane(const AdamLane& lane, const AdamLaneScalars& s,
                                                   const Tables& tables) {
  AdamLaneStep step;
  const AdamLaneUpdates updates = StepMoments<Arithmetic>(lane, s, tables, &step);
  StepMasters(lane, s, updates, &step);
  return step;
}

ZEROD_HOST_DEVICE inline std::uint32_t UnmovedCount(const AdamLaneStep& step) {
  return kLaneElements - (step.moved & 0xffff) - (step.moved >> 16);
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_ADAM_LANE_STEP_H_
