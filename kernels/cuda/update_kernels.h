#ifndef ZEROD_KERNELS_CUDA_UPDATE_KERNELS_H_
#define ZEROD_KERNELS_CUDA_UPDATE_KERNELS_H_

#include <cuda_runtime_api.h>

#include "kernels/cuda/launch_shape.h"
#include "kernels/cuda/update_launch.h"

namespace zerod {

// What LaunchUpdate chooses from; each in its own file, so that they compile side by side. The
// shape is one of the path's.
cudaError_t LaunchDefinition(const UpdateLaunch& launch, const LaunchShape& shape,
                             cudaStream_t stream);
cudaError_t LaunchAdamPlain(const UpdateLaunch& launch, const LaunchShape& shape,
                            cudaStream_t stream);
cudaError_t LaunchAdamBulk(const UpdateLaunch& launch, const LaunchShape& shape,
                           cudaStream_t stream);

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_UPDATE_KERNELS_H_
