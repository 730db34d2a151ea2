#ifndef ZEROD_TESTS_KERNELS_CUDA_LANE_GROUP_H_
#define ZEROD_TESTS_KERNELS_CUDA_LANE_GROUP_H_

#include <array>
#include <cstdint>
#include <cstring>

#include "kernels/cuda/adam_lane.h"
#include "kernels/cuda/adam_lane_encode.h"
#include "kernels/cuda/adam_lane_step.h"
#include "kernels/cuda/decode_table.h"
#include "kernels/update.h"

namespace zerod {

inline constexpr DecodeTable kMTable = MakeRobustMTable();
inline constexpr DecodeTable kVTable = MakeRobustVTable();

struct LaneTables {
  float M(std::uint32_t word, int j) const { return kMTable.values[word >> (8 * j) & 0xff]; }
  float V(std::uint32_t word, int j) const { return kVTable.values[word >> (8 * j) & 0xff]; }
};

// A quant group with a task over it.
struct LaneGroup {
  std::array<std::uint16_t, 32> gradient{};
  std::array<std::uint16_t, 32> weights{};
  std::array<std::int8_t, 32> correction{};
  std::array<std::int8_t, 32> m{};
  std::array<std::uint8_t, 32> v{};
  std::array<std::uint16_t, 2> scales{};
  UpdateTelemetry telemetry;

  bool operator==(const LaneGroup&) const = default;

  UpdateTask Task(std::uint64_t flat_begin, const UpdateScalars& scalars) {
    return {.flat_begin = flat_begin,
            .count = 32,
            .gradient = reinterpret_cast<const std::byte*>(gradient.data()),
            .weights = reinterpret_cast<std::byte*>(weights.data()),
            .correction = reinterpret_cast<std::byte*>(correction.data()),
            .m = reinterpret_cast<std::byte*>(m.data()),
            .v = reinterpret_cast<std::byte*>(v.data()),
            .scales = scales.data(),
            .scalars = &scalars,
            .telemetry = &telemetry};
  }

  AdamLane Lane(std::size_t half) const {
    AdamLane lane;
    std::memcpy(lane.gradient, &gradient[half * 16], 32);
    std::memcpy(lane.weights, &weights[half * 16], 32);
    std::memcpy(lane.correction, &correction[half * 16], 16);
    std::memcpy(lane.m, &m[half * 16], 16);
    std::memcpy(lane.v, &v[half * 16], 16);
    std::memcpy(&lane.scales, scales.data(), 4);
    return lane;
  }
};

// What two neighbouring lanes do. False, and nothing changed, where the group is out of range.
template <typename Arithmetic>
inline bool UpdateByLanes(const UpdateScalars& scalars, GroupKey key, LaneGroup* group) {
  const AdamLaneScalars lane_scalars = MakeAdamLaneScalars(scalars);
  const AdamLane lanes[2] = {group->Lane(0), group->Lane(1)};
  AdamLaneStep steps[2];
  bool in_range = FitsAdamLane(scalars);
  for (int half = 0; half < 2; ++half) {
    steps[half] = StepAdamLane<Arithmetic>(lanes[half], lane_scalars, LaneTables());
  }
  const float max_m = MaxOrNan(steps[0].max_m, steps[1].max_m);
  const float max_root = MaxOrNan(steps[0].max_root, steps[1].max_root);
  for (int half = 0; half < 2; ++half) {
    steps[half].max_m = max_m;
    steps[half].max_root = max_root;
    in_range = in_range && (Arithmetic::kAnyOperand || !NeedsIntrinsics(lanes[half])) &&
               !IsStepOutOfRange(steps[half]);
  }
  if (!in_range) return false;
  for (std::size_t half = 0; half < 2; ++half) {
    const AdamLaneStep& step = steps[half];
    const AdamLaneCodes codes =
        EncodeAdamLane<Arithmetic>(step, key, static_cast<std::uint32_t>(half), lanes[half].m);
    std::memcpy(&group->weights[half * 16], step.weights, 32);
    std::memcpy(&group->correction[half * 16], step.correction, 16);
    std::memcpy(&group->m[half * 16], codes.m, 16);
    std::memcpy(&group->v[half * 16], codes.v, 16);
    std::memcpy(group->scales.data(), &codes.scales, 4);
    UpdateTelemetry noticed = {.unmoved_count = UnmovedCount(step),
                               .floor_count = FloorCount(codes),
                               .max_update_bits = MagnitudeBits(step.max_u)};
    group->telemetry.Merge(noticed);
  }
  return true;
}

}  // namespace zerod

#endif  // ZEROD_TESTS_KERNELS_CUDA_LANE_GROUP_H_
