#include "engine/bucket_plan.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"
#include "zerod/kernels/formats.h"

namespace zerod {

std::vector<FlatRange> CutBuckets(std::uint64_t flat_end, std::uint64_t bucket_bytes) {
  const std::uint64_t bucket_elements = bucket_bytes / 2 / kLineElements * kLineElements;
  std::vector<FlatRange> buckets;
  for (std::uint64_t begin = 0; begin < flat_end; begin = buckets.back().end) {
    buckets.push_back({begin, begin + std::min(bucket_elements, flat_end - begin)});
  }
  return buckets;
}

FlatRange SliceOf(FlatRange bucket, std::span<const std::uint32_t> shard_weights, int rank) {
  const auto total = std::accumulate(shard_weights.begin(), shard_weights.end(), std::uint64_t{0});
  ZEROD_CHECK(total > 0);
  const auto before =
      std::accumulate(shard_weights.begin(), shard_weights.begin() + rank, std::uint64_t{0});
  const std::uint64_t lines = bucket.count() / kLineElements;
  // 128 bits: lines * weights may pass 64.
  const auto cut = [&](std::uint64_t weight) {
    return bucket.begin +
           static_cast<std::uint64_t>(static_cast<unsigned __int128>(lines) * weight / total) *
               kLineElements;
  };
  return {cut(before), cut(before + shard_weights[rank])};
}

}  // namespace zerod
