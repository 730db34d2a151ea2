#ifndef ZEROD_KERNELS_CUDA_ADAMW_LAUNCH_H_
#define ZEROD_KERNELS_CUDA_ADAMW_LAUNCH_H_

#include <cuda_runtime_api.h>

#include <cstdint>

#include "kernels/adamw.h"

namespace zerod {

// One AdamW step on every task, on the stream's device; the same bits as UpdateAdamW. `tasks` and
// everything they point at, scalars too, lie in memory of that device. `nonfinite_count` there is
// added to, as UpdateReport counts. Returns at once, with the launch's error.
struct AdamWLaunch {
  UpdateContext context;
  const AdamWTask* tasks = nullptr;
  int task_count = 0;  // at most 65535
  unsigned long long* nonfinite_count = nullptr;
};
cudaError_t LaunchAdamW(const AdamWLaunch& launch, cudaStream_t stream);

}  // namespace zerod

#endif  // ZEROD_KERNELS_CUDA_ADAMW_LAUNCH_H_
