#ifndef ZEROD_ENGINE_SHARD_PLAN_H_
#define ZEROD_ENGINE_SHARD_PLAN_H_

#include <array>
#include <cstdint>
#include <vector>

#include "base/flat_range.h"
#include "engine/job_layout.h"
#include "zerod/base/memory_kind.h"

namespace zerod {

// Byte offsets by kind of memory.
struct KindOffsets {
  std::array<std::uint64_t, kMemoryKindCount> by_kind{};

  std::uint64_t& operator[](MemoryKind kind) { return by_kind[static_cast<std::size_t>(kind)]; }
  std::uint64_t operator[](MemoryKind kind) const {
    return by_kind[static_cast<std::size_t>(kind)];
  }
};

// A stretch of one trainable parameter inside one slice: the unit the kernels work on.
struct Segment {
  std::size_t parameter = 0;
  FlatRange flat;
  std::uint64_t valid_count = 0;  // elements of the parameter; the rest is padding
  // Of the first element in this rank's memory. kWeights: in its weights arena. kStaging: from the
  // start of any contributor's part of the slice (its gradient arena at the slice, or the staging
  // buffer).
  KindOffsets offsets;
};

// What a rank owns of one bucket.
struct SlicePlan {
  FlatRange flat;
  std::vector<Segment> segments;     // in flat order
  std::uint64_t weights_offset = 0;  // of the slice in this rank's weights arena
  std::uint64_t weights_bytes = 0;
  std::uint64_t gradient_bytes = 0;  // of one contribution to the slice
};

// A rank's memory, laid out: a pure function of the job's layout.
struct ShardPlan {
  bool whole_model =
      false;  // the weights arena holds the whole model (a trainer is attached), or own slices only
  bool accumulate = false;        // reduced gradients are binary32 accumulators
  std::vector<SlicePlan> slices;  // one per bucket; may be empty
  KindOffsets bytes;              // to allocate, by kind; kGradients by whoever attaches a trainer
  std::uint64_t owned_elements = 0;
};

ShardPlan MakeShardPlan(const JobLayout& layout, int rank, bool accumulate);

}  // namespace zerod

#endif  // ZEROD_ENGINE_SHARD_PLAN_H_
