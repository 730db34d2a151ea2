#include "kernels/cuda/update_launch.h"

#include "kernels/cuda/update_kernels.h"

namespace zerod {

cudaError_t ReadDeviceTraits(DeviceTraits* traits) {
  int device = 0;
  if (const cudaError_t error = cudaGetDevice(&device); error != cudaSuccess) return error;
  int major = 0;
  int minor = 0;
  const struct {
    cudaDeviceAttr attribute;
    int* value;
  } queries[] = {
      {cudaDevAttrComputeCapabilityMajor, &major},
      {cudaDevAttrComputeCapabilityMinor, &minor},
      {cudaDevAttrMultiProcessorCount, &traits->multiprocessor_count},
      {cudaDevAttrMaxSharedMemoryPerBlockOptin, &traits->shared_bytes},
  };
  for (const auto& query : queries) {
    const cudaError_t error = cudaDeviceGetAttribute(query.value, query.attribute, device);
    if (error != cudaSuccess) return error;
  }
  traits->architecture = 10 * major + minor;
  return cudaSuccess;
}

cudaError_t LaunchUpdateShaped(const UpdateLaunch& launch, const LaunchShape& shape,
                               cudaStream_t stream) {
  if (launch.chunk_count == 0) return cudaSuccess;
  const UpdateSize size = {.chunk_count = launch.chunk_count, .task_count = launch.task_count};
  if (!HasBlocksEnough(shape, size)) return cudaErrorInvalidValue;
  switch (shape.path) {
    case UpdatePath::kDefinition:
      return LaunchDefinition(launch, shape, stream);
    case UpdatePath::kNarrowTable:
    case UpdatePath::kWideTable:
      return LaunchAdamPlain(launch, shape, stream);
    case UpdatePath::kBulk:
      return LaunchAdamBulk(launch, shape, stream);
  }
  return cudaErrorInvalidValue;
}

cudaError_t LaunchUpdate(const UpdateLaunch& launch, cudaStream_t stream) {
  if (launch.chunk_count == 0) return cudaSuccess;
  DeviceTraits traits;
  if (const cudaError_t error = ReadDeviceTraits(&traits); error != cudaSuccess) return error;
  const UpdateSize size = {.chunk_count = launch.chunk_count, .task_count = launch.task_count};
  return LaunchUpdateShaped(launch, ChooseShape(traits, launch.context, size), stream);
}

}  // namespace zerod
