#ifndef ZEROD_KERNELS_CPU_ADAMW_REFERENCE_H_
#define ZEROD_KERNELS_CPU_ADAMW_REFERENCE_H_

#include <cstdint>

#include "kernels/adamw.h"

namespace zerod {

// Updates the task's quant group number `group`; returns how many of its elements became
// non-finite. Fast paths hand their rare cases to it.
std::uint64_t UpdateAdamWGroupReference(const UpdateContext& context, const AdamWTask& task,
                                        std::uint64_t group);

}  // namespace zerod

#endif  // ZEROD_KERNELS_CPU_ADAMW_REFERENCE_H_
