#include <cstdint>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "proto/convert.h"
#include "proto/limits.h"

namespace zerod {

v1::Placement ToProto(const WorldSpec& world) {
  const auto& [shard_weights, contributors] = world;
  v1::Placement message;
  message.mutable_shard_weights()->Assign(shard_weights.begin(), shard_weights.end());
  message.mutable_contributors()->Assign(contributors.begin(), contributors.end());
  return message;
}

absl::StatusOr<WorldSpec> FromProto(const v1::Placement& placement, int rank_count) {
  if (rank_count < 1 || static_cast<std::size_t>(rank_count) > kMaxRanks) {
    return absl::InvalidArgumentError(
        absl::StrCat("placement is for ", rank_count, " ranks; there can be 1 to ", kMaxRanks));
  }
  WorldSpec world;
  world.shard_weights.assign(placement.shard_weights().begin(), placement.shard_weights().end());
  world.contributors.assign(placement.contributors().begin(), placement.contributors().end());
  if (world.shard_weights.empty()) world.shard_weights.assign(rank_count, 1);
  if (world.world_size() != rank_count) {
    return absl::InvalidArgumentError(absl::StrCat("placement has ", world.world_size(),
                                                   " shard_weights; the cluster has ", rank_count,
                                                   " ranks: give one weight per rank, or none"));
  }
  if (world.contributors.empty()) {
    world.contributors.resize(rank_count);
    std::iota(world.contributors.begin(), world.contributors.end(), 0);
  }
  int previous = -1;
  for (int rank : world.contributors) {
    if (rank < 0 || rank >= rank_count) {
      return absl::InvalidArgumentError(absl::StrCat("placement has the contributor ", rank,
                                                     "; the cluster's ranks are 0 to ",
                                                     rank_count - 1));
    }
    if (rank <= previous) {
      return absl::InvalidArgumentError(absl::StrCat(
          "placement has the contributor ", rank, " after ", previous, "; they must be ascending"));
    }
    previous = rank;
  }
  return world;
}

}  // namespace zerod
