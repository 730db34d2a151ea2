#ifndef ZEROD_KERNELS_CUDA_UPDATE_GROUP_CUH_
#define ZEROD_KERNELS_CUDA_UPDATE_GROUP_CUH_

#include <cstdint>

#include "kernels/cuda/launch_shape.h"
#include "kernels/cuda/octet.cuh"
#include "kernels/cuda/octet_codec.cuh"
#include "kernels/cuda/octet_input.cuh"
#include "kernels/cuda/octet_step.cuh"
#include "kernels/cuda/update_tasks.h"
#include "kernels/cuda/warp_telemetry.cuh"

namespace zerod {

// Eight quant groups at a time by a warp, in any format: kernels/cpu/update_reference.cc with an
// octet for an element. The fast paths hand it what is out of their range.

// Where a lane is in its task.
struct OctetPlace {
  const OctetTask& task;
  MasterRounding rounding;
  std::uint64_t first;  // element; a multiple of kOctet
  bool active;          // behind the end of what there is to update no lane touches memory

  __device__ std::uint64_t Group() const { return first / kQuantGroupElements; }
  __device__ std::uint32_t FirstOfGroup() const {
    return static_cast<std::uint32_t>(first) % kQuantGroupElements;
  }
};

__device__ __forceinline__ float GroupMaximum(float maximum) {
  maximum = fmaxf(maximum, __shfl_xor_sync(kWholeWarp, maximum, 1));
  return fmaxf(maximum, __shfl_xor_sync(kWholeWarp, maximum, 2));
}

// Codes of the new moments, in place of the old ones in `input`. Returns how many are at the floor.
// The whole warp calls it.
template <typename Rule, typename Codec>
__device__ __forceinline__ std::uint32_t StoreCodes(const OctetPlace& place, GroupKey key,
                                                    const OctetResult& result,
                                                    OctetInput<Codec>* input) {
  const UpdateTask& task = place.task.fused.task;
  std::uint16_t* const scales = task.scales + kMomentCount<Rule> * place.Group();
  const bool leads = place.active && place.FirstOfGroup() == 0;
  GroupCodes codes;
#pragma unroll
  for (int k = 0; k < kOctet / 2; ++k) {
    codes.hashes[k] = LaneHash(key, place.FirstOfGroup() / 2 + k);
  }
  codes.maximum = GroupMaximum(result.max_m);
  codes.scale = Codec::MScaleCode(codes.maximum);
  EncodeMOctet<Codec>(result.m, codes, input->m);
  if (place.active) StoreOctet<1>(input->m, task.m + place.first);
  if (leads) scales[0] = codes.scale;
  if constexpr (!kHasV<Rule>) return 0;
  codes.maximum = GroupMaximum(result.max_second);
  codes.scale = Codec::VScaleCode(codes.maximum, key);
  const std::uint32_t floor_count = EncodeVOctet<Codec>(result.second, codes, input->v);
  if (result.lost_v != 0) {
#pragma unroll
    for (int k = 0; k < kOctet; ++k) {
      if ((result.lost_v >> k & 1) != 0) input->v[k / 4] |= 0xffu << (8 * (k % 4));
    }
  }
  if (place.active) StoreOctet<1>(input->v, task.v + place.first);
  if (leads) scales[1] = codes.scale;
  return floor_count;
}

__device__ __forceinline__ void StoreFloats(const float (&values)[kOctet], std::byte* to) {
  std::uint32_t words[kOctet];
#pragma unroll
  for (int k = 0; k < kOctet; ++k) words[k] = BitsOf(values[k]);
  StoreOctet<4>(words, to);
}

template <typename Rule, typename Codec>
__device__ __forceinline__ LaneCounts UpdateOctet(const OctetPlace& place, OctetInput<Codec> input,
                                                  const float* m_values) {
  const OctetTask& task = place.task;
  OctetResult result;
  StepOctet<Rule>(task, input, m_values, &result);
  FinishStep<Rule, Codec>(task.limit, &result);
  LaneCounts counts;
  counts.nonfinite = result.nonfinite_count;
  counts.max_update_bits = BitsOf(result.max_u);
  const GroupKey key = MakeGroupKey(task.first_key, place.Group());
  std::uint32_t master[kOctet];
  counts.unmoved = SplitMasters({task.layout, place.rounding, key, place.FirstOfGroup()}, result.p,
                                input.master, master);
  if (place.active) StoreMasters(task.layout, task.fused, place.first, master);
  if constexpr (kHasM<Rule> && kIsQuantised<Codec>) {
    counts.floor = StoreCodes<Rule>(place, key, result, &input);
  } else if (place.active) {
    if constexpr (kHasM<Rule>) StoreFloats(result.m, task.fused.task.m + 4 * place.first);
    if constexpr (kHasV<Rule>) StoreFloats(result.second, task.fused.task.v + 4 * place.first);
  }
  return counts;
}

// Groups of a task, at most a chunk of them.
struct GroupRange {
  std::uint64_t first;
  std::uint32_t count;
};
static_assert(kChunkElements / kWarpLanes < 256, "UpdateGroups counts a lane's elements in bytes");

// The whole warp calls it.
template <typename Rule, typename Codec>
__device__ __forceinline__ LaneCounts UpdateGroups(MasterRounding rounding, const OctetTask& task,
                                                   const GroupRange& groups,
                                                   const float* m_values) {
  const std::uint32_t lane_first = threadIdx.x % kWarpLanes * kOctet;
  OctetPlace place = {task, rounding, groups.first * kQuantGroupElements + lane_first, true};
  std::uint32_t counts = 0;  // a byte each, to spare registers
  float max_u = 0.0f;
  for (std::uint32_t begin = 0; begin < groups.count; begin += kWarpGroups) {
    OctetInput<Codec> input = {};
    place.active = begin + lane_first / kQuantGroupElements < groups.count;
    if (place.active) input = LoadInput<Rule, Codec>(task, place.first);
    const LaneCounts more = UpdateOctet<Rule, Codec>(place, input, m_values);
    if (place.active) {
      counts += more.nonfinite | more.unmoved << 8 | more.floor << 16;
      max_u = fmaxf(max_u, FloatOf(more.max_update_bits));
    }
    place.first += kWarpLanes * kOctet;
  }
  return {.nonfinite = counts & 0xff,
          .unmoved = counts >> 8 & 0xff,
          .floor = counts >> 16,
          .max_update_bits = BitsOf(max_u)};
}

// The same of a task in device memory.
template <typename Rule, typename Codec>
__device__ LaneCounts UpdateGroups(const UpdateContext& context, const FusedUpdateTask& device_task,
                                   const GroupRange& groups) {
  const OctetTask task = LoadOctetTask(context, device_task);
  return UpdateGroups<Rule, Codec>(context.rounding, task, groups, MValues<Codec>());
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_UPDATE_GROUP_CUH_
