#include "engine/job_layout.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

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

}  // namespace

absl::StatusOr<std::shared_ptr<const JobLayout>> JobLayout::Create(const JobSpec& spec,
                                                                   const WorldSpec& world) {
  ZEROD_RETURN_IF_ERROR(ValidateWorld(world));
  ZEROD_ASSIGN_OR_RETURN(ParameterTable table, ParameterTable::Create(spec));
  ByteLayout weights(table, MemoryKind::kWeights, spec.codec, false);
  ByteLayout gradients(table, MemoryKind::kGradients, spec.codec, false);
  std::vector<FlatRange> buckets = CutBuckets(table.flat_end(), spec.bucket_bytes);
  return std::make_shared<const JobLayout>(JobLayout{.spec = spec,
                                                     .world = world,
                                                     .table = std::move(table),
                                                     .buckets = std::move(buckets),
                                                     .weights = std::move(weights),
                                                     .gradients = std::move(gradients)});
}

bool JobLayout::IsContributor(int rank) const {
  return std::ranges::binary_search(world.contributors, rank);
}

}  // namespace zerod
