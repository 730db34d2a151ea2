#ifndef ZEROD_ENGINE_BUCKET_PLAN_H_
#define ZEROD_ENGINE_BUCKET_PLAN_H_

#include <cstdint>
#include <span>
#include <vector>

#include "base/flat_range.h"

namespace zerod {

// Cuts [0, flat_end) into buckets of `bucket_bytes` of 16-bit elements, rounded down to whole
// lines; the last is what is left.
std::vector<FlatRange> CutBuckets(std::uint64_t flat_end, std::uint64_t bucket_bytes);

// The part of `bucket` that `rank` owns: whole lines, in rank order, in proportion to the shard
// weights. At least one weight is not 0.
FlatRange SliceOf(FlatRange bucket, std::span<const std::uint32_t> shard_weights, int rank);

}  // namespace zerod

#endif  // ZEROD_ENGINE_BUCKET_PLAN_H_
