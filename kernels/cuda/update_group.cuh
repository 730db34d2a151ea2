#ifndef ZEROD_KERNELS_CUDA_UPDATE_GROUP_CUH_
#define ZEROD_KERNELS_CUDA_UPDATE_GROUP_CUH_

#include <cstdint>

#include "kernels/codec_flash.h"
#include "kernels/codec_robust.h"
#include "kernels/cuda/lane_input.cuh"
#include "kernels/cuda/task_cursor.cuh"
#include "kernels/cuda/update_tasks.h"
#include "kernels/cuda/warp_telemetry.cuh"
#include "kernels/master_access.h"
#include "kernels/update_rules.h"

namespace zerod {

// A quant group by a warp, an element a lane: kernels/cpu/update_reference.cc line by line, for any
// format. The fast paths hand it what is out of their range.

// One lane's element, and where its update goes.
struct LanePlace {
  const UpdateContext& context;
  const FusedUpdateTask& task;
  std::uint64_t group;

  __device__ std::uint32_t Lane() const { return threadIdx.x % kWarpLanes; }
  __device__ std::uint64_t Element() const { return group * kQuantGroupElements + Lane(); }
  __device__ GroupKey Key() const {
    return MakeGroupKey(context.key.value, task.task.flat_begin / kQuantGroupElements + group);
  }
};

// What the moments have decayed to.
struct Decayed {
  float first;
  float second;
};

__device__ inline void StoreWeights(const LanePlace& place, MasterLayout layout, SplitBits split) {
  const UpdateTask& task = place.task.task;
  const std::uint64_t i = place.Element();
  StoreSplit(layout, split, task.weights, task.correction, i);
  for (std::uint32_t copy = 0; copy < place.task.copies.count; ++copy) {
    std::byte* const destination = place.task.copies.destinations[copy];
    if (layout == MasterLayout::kFp32) {
      ElementsOf<std::uint32_t>(destination)[i] = split.weight;
    } else {
      ElementsOf<std::uint16_t>(destination)[i] = static_cast<std::uint16_t>(split.weight);
    }
  }
}

// Updates and stores the master, and notices what there is to notice about it.
template <typename Rule>
__device__ UpdateResult UpdateMaster(const LanePlace& place, const LaneInput& input,
                                     const Decayed& decayed, LaneCounts* counts) {
  const UpdateTask& task = place.task.task;
  const MasterLayout layout = LayoutOf(task.dtype, task.master);
  const MasterRounding rounding = place.context.rounding;
  const UpdateResult result = Rule::Update({.p = FloatOf(JoinMaster(layout, input.master)),
                                            .gradient = input.gradient,
                                            .decayed1 = decayed.first,
                                            .decayed2 = decayed.second},
                                           *task.scalars);
  const bool finite_weight = MagnitudeBits(result.p) < MasterLimit(layout, rounding);
  const SplitBits split = SplitMaster(layout, rounding, MasterHash(place.Key(), place.Lane()),
                                      finite_weight ? BitsOf(result.p) : kCanonicalNanBits);
  StoreWeights(place, layout, split);
  if (!finite_weight || !IsFinite(result.m) || !IsFinite(result.v)) ++counts->nonfinite;
  if (split.weight == input.master.weight && split.correction == input.master.correction) {
    ++counts->unmoved;
  }
  if (IsFinite(result.u)) {
    counts->max_update_bits = max(counts->max_update_bits, MagnitudeBits(result.u));
  }
  return result;
}

__device__ inline float WarpMaximum(float value, bool counts) {
  return FloatOf(__reduce_max_sync(kWholeWarp, counts ? MagnitudeBits(value) : 0u));
}

template <typename Rule>
__device__ void UpdateUnquantisedLane(const LanePlace& place, const LaneInput& input,
                                      LaneCounts* counts) {
  const UpdateTask& task = place.task.task;
  const float old_m = kHasM<Rule> ? FloatOf(input.m) : 0.0f;
  const float old_second = kHasV<Rule> ? FloatOf(input.v) : old_m;
  const Decayed decayed = {Multiply(task.scalars->beta1, old_m),
                           Multiply(task.scalars->beta2, old_second)};
  const UpdateResult result = UpdateMaster<Rule>(place, input, decayed, counts);
  const std::uint64_t i = place.Element();
  if constexpr (kHasM<Rule>) ElementsOf<float>(task.m)[i] = CanonicalizeNonfinite(result.m);
  if constexpr (kHasV<Rule>) ElementsOf<float>(task.v)[i] = CanonicalizeNonfinite(result.v);
}

template <typename Rule, typename Codec>
__device__ Decayed DecayMoments(const LaneInput& input, const UpdateScalars& s) {
  const float m = Codec::DecodeM(static_cast<std::int8_t>(input.m));
  const float m_scale = Codec::MScale(static_cast<std::uint16_t>(input.m_scale));
  const float first = Multiply(m, Multiply(s.beta1, m_scale));
  if constexpr (!kHasV<Rule>) {
    return {first, Multiply(m, Multiply(s.beta2, m_scale))};
  } else {
    const float v = Codec::DecodeV(static_cast<std::uint8_t>(input.v));
    const float v_scale = Codec::VScale(static_cast<std::uint16_t>(input.v_scale));
    return {first, Multiply(v, Multiply(s.beta2, Codec::VScaleSquare(v_scale)))};
  }
}

template <typename Rule, typename Codec>
__device__ void UpdateQuantisedLane(const LanePlace& place, const LaneInput& input,
                                    LaneCounts* counts) {
  const UpdateTask& task = place.task.task;
  const UpdateResult result =
      UpdateMaster<Rule>(place, input, DecayMoments<Rule, Codec>(input, *task.scalars), counts);
  const std::uint64_t i = place.Element();
  const GroupKey key = place.Key();
  const std::uint32_t bits = MomentBits(key, place.Lane());
  std::uint16_t* scales = task.scales + kMomentCount<Rule> * place.group;

  const bool finite_m = IsFinite(result.m);
  const float max_m = WarpMaximum(result.m, finite_m);
  const std::uint16_t m_code = Codec::MScaleCode(max_m);
  ElementsOf<std::int8_t>(task.m)[i] =
      finite_m ? Codec::EncodeM(result.m, Codec::MUnit(max_m, m_code),
                                static_cast<std::int8_t>(input.m), MByte(bits))
               : 0;
  if (place.Lane() == 0) scales[0] = m_code;
  if constexpr (kHasV<Rule>) {
    const bool finite_v = IsFinite(result.v);
    const float max_root = WarpMaximum(result.root, finite_v);
    const std::uint16_t v_code = Codec::VScaleCode(max_root, key);
    const std::uint8_t code =
        finite_v ? Codec::EncodeV(result.root, Codec::VUnit(max_root, v_code), VByte(bits)) : 255;
    ElementsOf<std::uint8_t>(task.v)[i] = code;
    if (place.Lane() == 0) scales[1] = v_code;
    if (code == Codec::kVFloor && result.root > 0.0f) ++counts->floor;
  }
}

// `count` groups, with the next one's inputs on their way while one is updated.
template <typename Rule, typename Codec>
__device__ LaneCounts UpdateGroups(const UpdateContext& context, const FusedUpdateTask& task,
                                   std::uint64_t first, std::uint64_t count) {
  LaneCounts counts;
  LaneInput next = LoadLane<Rule, Codec>(task, first);
  for (std::uint64_t group = first; group < first + count; ++group) {
    const LaneInput input = next;
    if (group + 1 < first + count) next = LoadLane<Rule, Codec>(task, group + 1);
    const LanePlace place = {context, task, group};
    if constexpr (kIsQuantised<Codec>) {
      UpdateQuantisedLane<Rule, Codec>(place, input, &counts);
    } else {
      UpdateUnquantisedLane<Rule>(place, input, &counts);
    }
  }
  return counts;
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_UPDATE_GROUP_CUH_
