#ifndef ZEROD_KERNELS_CUDA_REDUCE_LAUNCH_H_
#define ZEROD_KERNELS_CUDA_REDUCE_LAUNCH_H_

#include <cuda_runtime_api.h>

#include "kernels/cuda/reduce_tasks.h"

namespace zerod {

// Returns at once, with the launch's error.
cudaError_t LaunchReduce(const ReduceLaunch& launch, cudaStream_t stream);

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_REDUCE_LAUNCH_H_
