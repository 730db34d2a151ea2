#ifndef ZEROD_KERNELS_CUDA_LINE_BEGINS_H_
#define ZEROD_KERNELS_CUDA_LINE_BEGINS_H_

#include <cstdint>
#include <span>
#include <vector>

namespace zerod {

// A task's stretch of the flat space.
struct FlatStretch {
  std::uint64_t begin = 0;
  std::uint64_t count = 0;
};
// The number of the first line (of kLineElements) that each task is the first to have a part of,
// and behind it the number of all lines.
std::vector<std::uint64_t> LineBegins(std::span<const FlatStretch> stretches);

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_LINE_BEGINS_H_
