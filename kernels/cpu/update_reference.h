#ifndef ZEROD_KERNELS_CPU_UPDATE_REFERENCE_H_
#define ZEROD_KERNELS_CPU_UPDATE_REFERENCE_H_

#include <cstdint>

#include "kernels/update.h"

namespace zerod {

// Updates the task's quant group number `group`. Fast paths hand their rare cases to it.
void UpdateGroupReference(const UpdateContext& context, const UpdateTask& task,
                          std::uint64_t group);

}  // namespace zerod

#endif  // ZEROD_KERNELS_CPU_UPDATE_REFERENCE_H_
