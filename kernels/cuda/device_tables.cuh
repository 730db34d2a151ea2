#ifndef ZEROD_KERNELS_CUDA_DEVICE_TABLES_CUH_
#define ZEROD_KERNELS_CUDA_DEVICE_TABLES_CUH_

#include "kernels/cuda/decode_table.h"

namespace zerod {

// In device memory, where blocks copy from.
__device__ const DecodeTable kRobustMTable = MakeRobustMTable();
__device__ const DecodeTable kRobustVTable = MakeRobustVTable();
__device__ const DecodeTable kFlashMTable = MakeFlashMTable();

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_DEVICE_TABLES_CUH_
