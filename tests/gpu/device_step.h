#ifndef ZEROD_TESTS_GPU_DEVICE_STEP_H_
#define ZEROD_TESTS_GPU_DEVICE_STEP_H_

#include <optional>
#include <vector>

#include "gtest/gtest.h"
#include "tests/gpu/device_state.h"

namespace zerod {

// One launch over several tensors; in the given shape or in the one that is chosen.
inline void LaunchTasks(const UpdateContext& context, const std::vector<FusedUpdateTask>& tasks,
                        const std::optional<LaunchShape>& shape = {}) {
  std::vector<std::uint64_t> counts;
  for (const FusedUpdateTask& task : tasks) counts.push_back(task.task.count);
  const std::vector<std::uint64_t> begins = ChunkBegins(counts);
  const DeviceVector<FusedUpdateTask> device_tasks(tasks);
  const DeviceVector<std::uint64_t> device_begins(begins);
  const UpdateLaunch launch = {.context = context,
                               .tasks = device_tasks.data(),
                               .chunk_begins = device_begins.data(),
                               .task_count = static_cast<std::uint32_t>(tasks.size()),
                               .chunk_count = begins.back()};
  const cudaError_t error =
      shape ? LaunchUpdateShaped(launch, *shape, nullptr) : LaunchUpdate(launch, nullptr);
  ASSERT_EQ(error, cudaSuccess) << cudaGetErrorString(error);
  ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
}

// One step by the definition on the host and in one launch on the device.
inline void StepBoth(std::vector<UpdateState>& host, const std::vector<DeviceState>& device,
                     std::uint64_t step, const std::optional<LaunchShape>& shape = {}) {
  const UpdateScalars scalars = host[0].config.Scalars(step);
  const UpdateContext context = host[0].config.Context(step);
  const DeviceVector<UpdateScalars> device_scalars({scalars});
  std::vector<UpdateTask> tasks;
  std::vector<FusedUpdateTask> device_tasks;
  for (std::size_t i = 0; i < host.size(); ++i) {
    tasks.push_back(host[i].Task(scalars));
    device_tasks.push_back(device[i].Task(tasks[i], device_scalars.data()));
  }
  LaunchTasks(context, device_tasks, shape);
  UpdateWeightsReference(context, tasks);
}

inline void ExpectSameState(const UpdateState& host, const DeviceState& device,
                            std::uint64_t step) {
  UpdateState read = host;
  device.Read(&read);
  std::string difference;
  ASSERT_TRUE(read.Equals(host, &difference))
      << host.config.Name() << ", " << host.valid_count << " elements, after step " << step << ": "
      << difference;
}

inline void ExpectSameStates(const std::vector<UpdateState>& host,
                             const std::vector<DeviceState>& device, std::uint64_t step) {
  for (std::size_t i = 0; i < host.size(); ++i) {
    ExpectSameState(host[i], device[i], step);
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace zerod

#endif  // ZEROD_TESTS_GPU_DEVICE_STEP_H_
