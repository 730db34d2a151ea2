#include "engine/job_layout.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "engine/job_rule.h"
#include "engine/spec_validation.h"

namespace zerod {
namespace {

absl::Status ValidateWorld(const WorldSpec& world) {
  if (world.shard_weights.empty()) return absl::InvalidArgumentError("the world has no ranks");
  if (std::ranges::all_of(world.shard_weights, [](std::uint32_t weight) { return weight == 0; })) {
    return absl::InvalidArgumentError(
        "every rank has shard weight 0; at least one must own optimizer state");
  }
  if (world.contributors.empty()) {
    return absl::InvalidArgumentError(
        "no rank has a trainer; at least one must contribute gradients");
  }
  return absl::OkStatus();
}

absl::Status CheckBucketCount(const JobSpec& spec, std::uint64_t flat_end) {
  const std::uint64_t bucket_elements = spec.bucket_bytes / 2 / kLineElements * kLineElements;
  const std::uint64_t bucket_count = flat_end / bucket_elements + 1;
  if (bucket_count <= kMaxBuckets) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "bucket_bytes is ", spec.bucket_bytes, ", which cuts job '", spec.name, "' into ",
      bucket_count, " buckets; at most ", kMaxBuckets, " are allowed: choose larger buckets"));
}

}  // namespace

std::uint64_t JobLayout::WeightsOffset(const Parameter& parameter) const {
  return parameter.frozen ? weights.total_bytes() + frozen_weights.OffsetOf(parameter.flat.begin)
                          : weights.OffsetOf(parameter.flat.begin);
}

absl::StatusOr<std::shared_ptr<const JobLayout>> JobLayout::Create(const JobSpec& spec,
                                                                   const WorldSpec& world) {
  ZEROD_RETURN_IF_ERROR(ValidateWorld(world));
  ZEROD_ASSIGN_OR_RETURN(ParameterTable table, ParameterTable::Create(spec));
  ZEROD_RETURN_IF_ERROR(CheckBucketCount(spec, table.flat_end()));
  const auto layout_of = [&](MemoryKind kind) {
    return ByteLayout(table, [&](const Parameter& parameter) {
      return GroupBytes(parameter, kind, {.rule = JobRule(spec), .codec = spec.codec});
    });
  };
  ByteLayout weights = layout_of(MemoryKind::kWeights);
  ByteLayout frozen_weights(table, FrozenGroupBytes);
  ByteLayout gradients = layout_of(MemoryKind::kGradients);
  std::vector<FlatRange> buckets = CutBuckets(table.flat_end(), spec.bucket_bytes);
  return std::make_shared<const JobLayout>(JobLayout{.spec = spec,
                                                     .world = world,
                                                     .table = std::move(table),
                                                     .rule = JobRule(spec),
                                                     .buckets = std::move(buckets),
                                                     .weights = std::move(weights),
                                                     .frozen_weights = std::move(frozen_weights),
                                                     .gradients = std::move(gradients)});
}

bool JobLayout::IsContributor(int rank) const {
  return std::ranges::binary_search(world.contributors, rank);
}

TensorView GradientView(const JobLayout& layout, std::span<std::byte> gradients,
                        std::size_t index) {
  const Parameter& parameter = layout.table.parameters()[index];
  if (parameter.frozen) return {.dtype = parameter.spec.dtype};
  return {parameter.spec.dtype,
          gradients.subspan(layout.gradients.OffsetOf(parameter.flat.begin),
                            parameter.element_count * DTypeBytes(parameter.spec.dtype))};
}

ConstTensorView WeightsView(const JobLayout& layout, std::span<const std::byte> weights,
                            std::size_t index) {
  const Parameter& parameter = layout.table.parameters()[index];
  return {parameter.spec.dtype,
          weights.subspan(layout.WeightsOffset(parameter),
                          parameter.element_count * DTypeBytes(parameter.spec.dtype))};
}

}  // namespace zerod
