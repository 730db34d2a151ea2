#include "engine/update_telemetry.h"

#include <algorithm>
#include <bit>

namespace zerod {

GroupTelemetry TelemetryOf(const GroupTally& tally, const UpdateScalars& scalars) {
  // Padding stays put, but for a learning rate so large that a step along zero is a NaN.
  const std::uint64_t padding_count = std::min(tally.padding_count, tally.update.unmoved_count);
  return {.element_count = tally.element_count,
          .unmoved_count = tally.update.unmoved_count - padding_count,
          .floor_count = tally.update.floor_count,
          .max_update = std::bit_cast<float>(tally.update.max_update_bits) * scalars.update_unit};
}

void GroupTelemetry::Merge(const GroupTelemetry& other) {
  element_count += other.element_count;
  unmoved_count += other.unmoved_count;
  floor_count += other.floor_count;
  max_update = std::max(max_update, other.max_update);
}

}  // namespace zerod
