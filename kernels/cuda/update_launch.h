#ifndef ZEROD_KERNELS_CUDA_UPDATE_LAUNCH_H_
#define ZEROD_KERNELS_CUDA_UPDATE_LAUNCH_H_

#include <cuda_runtime_api.h>

#include "kernels/cuda/launch_shape.h"
#include "kernels/cuda/update_tasks.h"

namespace zerod {

// UpdateLaunch on the stream's device, in the shape that ChooseShape gives. Returns at once, with
// the launch's error.
cudaError_t LaunchUpdate(const UpdateLaunch& launch, cudaStream_t stream);
// The same in a shape of the caller's, which fits the device and the context. cudaErrorInvalidValue
// for one without HasBlocksEnough.
cudaError_t LaunchUpdateShaped(const UpdateLaunch& launch, const LaunchShape& shape,
                               cudaStream_t stream);

// Of the current device, for ChooseShape.
cudaError_t ReadDeviceTraits(DeviceTraits* traits);

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_UPDATE_LAUNCH_H_
