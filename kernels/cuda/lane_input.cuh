#ifndef ZEROD_KERNELS_CUDA_LANE_INPUT_CUH_
#define ZEROD_KERNELS_CUDA_LANE_INPUT_CUH_

#include <cstdint>

#include "kernels/cuda/task_cursor.cuh"
#include "kernels/cuda/task_gradient.cuh"
#include "kernels/cuda/update_tasks.h"
#include "kernels/master_access.h"
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

// What a lane's update reads.
struct LaneInput {
  SplitBits master;
  float gradient;
  std::uint32_t m;  // a code, or the bits of a float
  std::uint32_t v;
  std::uint32_t m_scale;
  std::uint32_t v_scale;
};

template <typename Rule, typename Codec>
__device__ LaneInput LoadLane(const FusedUpdateTask& device_task, std::uint64_t group) {
  const UpdateTask& task = device_task.task;
  const std::uint64_t i = group * kQuantGroupElements + threadIdx.x % kWarpLanes;
  LaneInput input = {
      .master = LoadSplit(LayoutOf(task.dtype, task.master), task.weights, task.correction, i),
      .gradient = ReducedGradient(device_task, i)};
  if constexpr (!kIsQuantised<Codec>) {
    if constexpr (kHasM<Rule>) input.m = ElementsOf<std::uint32_t>(task.m)[i];
    if constexpr (kHasV<Rule>) input.v = ElementsOf<std::uint32_t>(task.v)[i];
  } else {
    const std::uint16_t* scales = task.scales + kMomentCount<Rule> * group;
    input.m = ElementsOf<std::uint8_t>(task.m)[i];
    input.m_scale = scales[0];
    if constexpr (kHasV<Rule>) {
      input.v = ElementsOf<std::uint8_t>(task.v)[i];
      input.v_scale = scales[1];
    }
  }
  return input;
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_LANE_INPUT_CUH_
