#include "kernels/cuda/line_begins.h"

#include <algorithm>

#include "zerod/kernels/formats.h"

namespace zerod {

std::vector<std::uint64_t> LineBegins(std::span<const FlatStretch> stretches) {
  std::vector<std::uint64_t> begins = {0};
  begins.reserve(stretches.size() + 1);
  std::uint64_t taken_end = 0;  // flat line behind the last one that a task before has a part of
  for (const FlatStretch& stretch : stretches) {
    std::uint64_t lines = 0;
    if (stretch.count != 0) {
      const std::uint64_t first = std::max(stretch.begin / kLineElements, taken_end);
      const std::uint64_t end = (stretch.begin + stretch.count + kLineElements - 1) / kLineElements;
      lines = end - first;  // 0 where all of it is in a line that is taken
      taken_end = end;
    }
    begins.push_back(begins.back() + lines);
  }
  return begins;
}

}  // namespace zerod
