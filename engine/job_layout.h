#ifndef ZEROD_ENGINE_JOB_LAYOUT_H_
#define ZEROD_ENGINE_JOB_LAYOUT_H_

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "engine/bucket_plan.h"
#include "engine/byte_layout.h"
#include "engine/parameter_table.h"
#include "engine/world_spec.h"
#include "kernels/update_rule.h"
#include "zerod/base/tensor_view.h"

namespace zerod {

// What all ranks of a job know and never changes: pure values, shared by all of a node's ranks.
struct JobLayout {
  // kInvalidArgument names what is wrong in `spec` or `world`.
  static absl::StatusOr<std::shared_ptr<const JobLayout>> Create(const JobSpec& spec,
                                                                 const WorldSpec& world);

  FlatRange Slice(std::size_t bucket, int rank) const {
    return SliceOf(buckets[bucket], world.shard_weights, rank);
  }
  bool IsContributor(int rank) const;
  // Where `parameter`'s weights begin in an arena that holds the whole model.
  std::uint64_t WeightsOffset(const Parameter& parameter) const;
  // Bytes of a weights arena that holds the whole model.
  std::uint64_t ArenaBytes() const { return weights.total_bytes() + frozen_weights.total_bytes(); }

  JobSpec spec;
  WorldSpec world;
  ParameterTable table;
  UpdateRule rule = UpdateRule::kAdam;
  std::vector<FlatRange> buckets;
  ByteLayout weights;  // of a weights arena that holds the whole model: trainable ones first,
  ByteLayout frozen_weights;  // then the frozen ones, which no gather touches
  ByteLayout gradients;       // of a gradient arena
};

// `parameter` in a gradient arena of `layout`; empty where it is frozen.
TensorView GradientView(const JobLayout& layout, std::span<std::byte> gradients,
                        std::size_t parameter);
// `parameter` in a weights arena of the whole model.
ConstTensorView WeightsView(const JobLayout& layout, std::span<const std::byte> weights,
                            std::size_t parameter);

}  // namespace zerod

#endif  // ZEROD_ENGINE_JOB_LAYOUT_H_
