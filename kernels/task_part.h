#ifndef ZEROD_KERNELS_TASK_PART_H_
#define ZEROD_KERNELS_TASK_PART_H_

#include <cstdint>

#include "kernels/update.h"

namespace zerod {

// The elements [begin, begin + count) of a task, both multiples of kQuantGroupElements.
UpdateTask PartOf(const UpdateContext& context, const UpdateTask& task, std::uint64_t begin,
                  std::uint64_t count);

}  // namespace zerod

#endif  // ZEROD_KERNELS_TASK_PART_H_
