#ifndef ZEROD_BASE_FLAT_RANGE_H_
#define ZEROD_BASE_FLAT_RANGE_H_

#include <algorithm>
#include <cstdint>

namespace zerod {

// A half-open range [begin, end) of flat indices.
struct FlatRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;

  std::uint64_t count() const { return end - begin; }
  bool empty() const { return begin == end; }
  bool operator==(const FlatRange&) const = default;
};

// What two ranges share; an empty range when they share nothing.
inline FlatRange Intersect(FlatRange a, FlatRange b) {
  const std::uint64_t begin = std::max(a.begin, b.begin);
  return {begin, std::max(begin, std::min(a.end, b.end))};
}

}  // namespace zerod

#endif  // ZEROD_BASE_FLAT_RANGE_H_
