#ifndef ZEROD_KERNELS_CUDA_DEFINITION_BLOCK_CUH_
#define ZEROD_KERNELS_CUDA_DEFINITION_BLOCK_CUH_

#include <cstdint>

#include "kernels/cuda/launch_shape.h"
#include "kernels/cuda/task_cursor.cuh"
#include "kernels/cuda/update_group.cuh"
#include "kernels/cuda/update_tasks.h"
#include "kernels/cuda/warp_telemetry.cuh"

namespace zerod {

// What a block of at most kDefinitionThreads does.

template <typename Rule, typename Codec>
__device__ void UpdateByDefinition(const UpdateLaunch& launch, bool interleaved) {
  __shared__ WarpTelemetry::Meeting meeting;
  __shared__ DecodeTable m_values;
  __shared__ OctetTask
      tasks[kDefinitionThreads / kWarpLanes];  // in registers there is no room for them
  if constexpr (kHasM<Rule> && kIsQuantised<Codec>) {
    for (std::uint32_t code = threadIdx.x; code < 256; code += blockDim.x) {
      m_values.values[code] = MValues<Codec>()[code];
    }
    __syncthreads();
  }
  const WarpUnits chunks = UnitsOfWarp(launch.chunk_count, interleaved);
  TaskCursor cursor(launch.chunk_begins, launch.task_count);
  WarpTelemetry telemetry;
  OctetTask& task = tasks[threadIdx.x / kWarpLanes];
  for (std::uint64_t chunk = chunks.first; chunk < chunks.end; chunk += chunks.stride) {
    if (cursor.Seek(chunk)) {
      __syncwarp();
      if (threadIdx.x % kWarpLanes == 0) {
        task = LoadOctetTask(launch.context, launch.tasks[cursor.index()]);
      }
      __syncwarp();
      telemetry.SetTarget(task.fused.task.telemetry);
    }
    const std::uint64_t first = cursor.Place(chunk) * kChunkElements;
    const std::uint64_t count = min(task.fused.task.count - first, kChunkElements);
    telemetry.Add(UpdateGroups<Rule, Codec>(
        launch.context.rounding, task,
        {first / kQuantGroupElements, static_cast<std::uint32_t>(count / kQuantGroupElements)},
        m_values.values));
  }
  telemetry.Finish(&meeting);
}

// Calls `visit` as visit.template operator()<Rule, Codec>() for a context's.
template <typename Visit>
auto VisitRuleAndCodec(const UpdateContext& context, const Visit& visit) {
  const auto with_rule = [&]<typename Rule>() {
    if constexpr (kHasM<Rule>) {
      if (context.codec == StateCodec::kFlash) return visit.template operator()<Rule, FlashCodec>();
      if (context.codec == StateCodec::kRobust) {
        return visit.template operator()<Rule, RobustCodec>();
      }
    }
    return visit.template operator()<Rule, UnquantisedCodec>();
  };
  switch (context.rule) {
    case UpdateRule::kLion:
      return with_rule.template operator()<LionRule>();
    case UpdateRule::kMomentum:
      return with_rule.template operator()<MomentumRule>();
    case UpdateRule::kGradient:
      return with_rule.template operator()<GradientRule>();
    case UpdateRule::kAdam:
      break;
  }
  return with_rule.template operator()<AdamRule>();
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_DEFINITION_BLOCK_CUH_
