#ifndef ZEROD_KERNELS_CUDA_DEFINITION_BLOCK_CUH_
#define ZEROD_KERNELS_CUDA_DEFINITION_BLOCK_CUH_

#include <cstdint>

#include "kernels/cuda/launch_shape.h"
#include "kernels/cuda/task_cursor.cuh"
#include "kernels/cuda/update_group.cuh"
#include "kernels/cuda/update_tasks.h"
#include "kernels/cuda/warp_telemetry.cuh"

namespace zerod {

// What a block does, of any number of warps up to WarpTelemetry's.

inline constexpr std::uint64_t kPartsOfChunk = kChunkElements / kPartElements;
inline constexpr std::uint64_t kGroupsOfPart = kPartElements / kQuantGroupElements;

template <typename Rule, typename Codec>
__device__ void UpdateByDefinition(const UpdateLaunch& launch, bool interleaved) {
  __shared__ WarpTelemetry::Meeting meeting;
  const WarpUnits parts = UnitsOfWarp(launch.chunk_count * kPartsOfChunk, interleaved);
  TaskCursor cursor(launch.chunk_begins, launch.task_count);
  WarpTelemetry telemetry;
  for (std::uint64_t part = parts.first; part < parts.end; part += parts.stride) {
    const std::uint64_t chunk = part / kPartsOfChunk;
    const bool another = cursor.Seek(chunk);
    const FusedUpdateTask& task = launch.tasks[cursor.index()];
    if (another) telemetry.SetTarget(task.task.telemetry);
    const std::uint64_t first =
        (cursor.Place(chunk) * kPartsOfChunk + part % kPartsOfChunk) * kGroupsOfPart;
    const std::uint64_t group_count = task.task.count / kQuantGroupElements;
    if (first >= group_count) continue;  // a part behind the end of a shorter chunk
    telemetry.Add(UpdateGroups<Rule, Codec>(launch.context, task, first,
                                            min(kGroupsOfPart, group_count - first)));
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
