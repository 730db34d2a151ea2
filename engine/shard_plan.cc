#include "engine/shard_plan.h"

#include <algorithm>

namespace zerod {
namespace {

using enum MemoryKind;

// Kinds of which a rank keeps its slices only, one after the other.
constexpr std::array kShardKinds = {kReducedGradients, kCorrection, kM, kV, kScales};

class ShardPlanner {
 public:
  ShardPlanner(const JobLayout& layout, int rank, bool accumulate) : layout_(layout), rank_(rank) {
    plan_.whole_model = layout.IsContributor(rank);
    plan_.accumulate = accumulate;
  }

  ShardPlan Plan() {
    for (std::size_t bucket = 0; bucket < layout_.buckets.size(); ++bucket) {
      plan_.slices.push_back(PlanSlice(layout_.Slice(bucket, rank_)));
    }
    if (plan_.whole_model) {
      plan_.bytes[kWeights] = layout_.ArenaBytes();
      plan_.bytes[kGradients] = layout_.gradients.total_bytes();
    }
    const std::size_t contributors = layout_.world.contributors.size();
    plan_.bytes[kStaging] = (contributors - (plan_.whole_model ? 1 : 0)) * max_gradient_bytes_;
    return std::move(plan_);
  }

 private:
  SlicePlan PlanSlice(FlatRange flat) {
    SlicePlan slice{.flat = flat,
                    .weights_offset = plan_.whole_model ? layout_.weights.OffsetOf(flat.begin)
                                                        : plan_.bytes[kWeights],
                    .weights_bytes = layout_.weights.BytesIn(flat),
                    .gradient_bytes = layout_.gradients.BytesIn(flat)};
    const auto [first, last] = layout_.table.Overlapping(flat);
    for (std::size_t parameter = first; parameter < last; ++parameter) {
      AddSegment(parameter, slice);
    }
    if (!plan_.whole_model) plan_.bytes[kWeights] += slice.weights_bytes;
    plan_.owned_elements += flat.count();
    max_gradient_bytes_ = std::max(max_gradient_bytes_, slice.gradient_bytes);
    return slice;
  }

  void AddSegment(std::size_t index, SlicePlan& slice) {
    const Parameter& parameter = layout_.table.parameters()[index];
    const FlatRange flat = Intersect(parameter.flat, slice.flat);
    if (parameter.frozen || flat.empty()) return;
    const std::uint64_t valid_end =
        std::min(flat.end, parameter.flat.begin + parameter.element_count);
    Segment segment{.parameter = index,
                    .flat = flat,
                    .valid_count = valid_end - std::min(valid_end, flat.begin)};
    segment.offsets[kWeights] =
        slice.weights_offset + layout_.weights.BytesIn({slice.flat.begin, flat.begin});
    segment.offsets[kStaging] = layout_.gradients.BytesIn({slice.flat.begin, flat.begin});
    const ShardFormat format{
        .rule = layout_.rule, .codec = layout_.spec.codec, .accumulate = plan_.accumulate};
    for (MemoryKind kind : kShardKinds) {
      segment.offsets[kind] = plan_.bytes[kind];
      plan_.bytes[kind] += flat.count() / kQuantGroupElements * GroupBytes(parameter, kind, format);
    }
    slice.segments.push_back(segment);
  }

  const JobLayout& layout_;
  const int rank_;
  ShardPlan plan_;
  std::uint64_t max_gradient_bytes_ = 0;
};

}  // namespace

ShardPlan MakeShardPlan(const JobLayout& layout, int rank, bool accumulate) {
  return ShardPlanner(layout, rank, accumulate).Plan();
}

}  // namespace zerod
