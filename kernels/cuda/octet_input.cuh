#ifndef ZEROD_KERNELS_CUDA_OCTET_INPUT_CUH_
#define ZEROD_KERNELS_CUDA_OCTET_INPUT_CUH_

#include <cstdint>

#include "kernels/cuda/octet.cuh"
#include "kernels/cuda/octet_gradient.cuh"
#include "kernels/cuda/octet_master.cuh"
#include "kernels/cuda/update_tasks.h"
#include "kernels/update_rule.h"

namespace zerod {

// In place of a codec: moments as binary32.
struct UnquantisedCodec {};
template <typename Codec>
inline constexpr bool kIsQuantised = true;
template <>
inline constexpr bool kIsQuantised<UnquantisedCodec> = false;

template <typename Rule>
inline constexpr bool kHasM = HasM(Rule::kRule);
template <typename Rule>
inline constexpr bool kHasV = HasV(Rule::kRule);
template <typename Rule>
inline constexpr std::uint64_t kMomentCount = MomentCount(Rule::kRule);
template <typename Codec>
inline constexpr int kMomentBytes = kIsQuantised<Codec> ? 1 : 4;

// What a warp keeps of the task that it is in.
struct OctetTask {
  FusedUpdateTask fused;
  UpdateScalars scalars;
  std::uint64_t first_key;  // the step's key, moved on so that the task's groups count from 0
  MasterLayout layout;
  float limit;  // from which on a master's magnitude counts as not finite
};

__device__ inline OctetTask LoadOctetTask(const UpdateContext& context,
                                          const FusedUpdateTask& device_task) {
  const MasterLayout layout = LayoutOf(device_task.task.dtype, device_task.task.master);
  const std::uint64_t first_group = device_task.task.flat_begin / kQuantGroupElements;
  return {.fused = device_task,
          .scalars = *device_task.task.scalars,
          .first_key = context.key.value + first_group * kWeyl64,
          .layout = layout,
          .limit = FloatOf(MasterLimit(layout, context.rounding))};
}

// What an octet's update reads. Moments are codes, or the bits of floats.
template <typename Codec>
struct OctetInput {
  std::uint32_t master[kOctet];
  std::uint32_t gradient[kOctet];
  std::uint32_t m[kOctetWords<kMomentBytes<Codec>>];
  std::uint32_t v[kOctetWords<kMomentBytes<Codec>>];
  std::uint16_t m_scale;
  std::uint16_t v_scale;
};

template <typename Rule, typename Codec>
__device__ __forceinline__ OctetInput<Codec> LoadInput(const OctetTask& octet_task,
                                                       std::uint64_t first) {
  constexpr int kBytes = kMomentBytes<Codec>;
  const UpdateTask& task = octet_task.fused.task;
  OctetInput<Codec> input = {};
  if constexpr (kHasM<Rule>) LoadOctet<kBytes>(task.m + first * kBytes, input.m);
  if constexpr (kHasV<Rule>) LoadOctet<kBytes>(task.v + first * kBytes, input.v);
  LoadMasters(octet_task.layout, task, first, input.master);
  if constexpr (kHasM<Rule> && kIsQuantised<Codec>) {
    const std::uint16_t* scales = task.scales + kMomentCount<Rule> * (first / kQuantGroupElements);
    input.m_scale = scales[0];
    if constexpr (kHasV<Rule>) input.v_scale = scales[1];
  }
  LoadGradient(octet_task.fused, first, input.gradient);
  return input;
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_OCTET_INPUT_CUH_
