#ifndef ZEROD_ENGINE_UPDATE_TELEMETRY_H_
#define ZEROD_ENGINE_UPDATE_TELEMETRY_H_

#include <cstdint>

#include "engine/shard_plan.h"
#include "kernels/update.h"
#include "zerod/engine/statistics.h"

namespace zerod {

// What the updates of one parameter group notice on one rank during one step.
struct GroupTally {
  UpdateTelemetry update;  // the kernels count into it, padding included
  std::uint64_t element_count = 0;
  std::uint64_t padding_count = 0;

  // `segment` is part of the update.
  void Add(const Segment& segment) {
    element_count += segment.valid_count;
    padding_count += segment.flat.count() - segment.valid_count;
  }
};

// The tally of the parameters themselves: padding, which an update never moves, is taken out.
GroupTelemetry TelemetryOf(const GroupTally& tally, const UpdateScalars& scalars);

}  // namespace zerod

#endif  // ZEROD_ENGINE_UPDATE_TELEMETRY_H_
