// The CUDA kernel against the scalar reference, bit for bit.
#include "gtest/gtest.h"
#include "kernels/cuda/adamw_launch.h"
#include "tests/gpu/device_state.h"

namespace zerod {
namespace {

const AdamWHyperparameters kHyperparameters = {
    .lr = 1e-2, .beta1 = 0.9, .beta2 = 0.95, .eps = 1e-8, .weight_decay = 0.1};

class GpuAdamW : public testing::Test {
 protected:
  void SetUp() override {
    int device_count = 0;
    if (cudaGetDeviceCount(&device_count) != cudaSuccess || device_count == 0) {
      GTEST_SKIP() << "no CUDA device on this machine";
    }
  }

  // One step on several tensors in one launch, on host and device.
  void ExpectSameStep(std::vector<AdamWState>& host, const std::vector<DeviceState>& device,
                      std::uint64_t step) {
    const AdamWScalars scalars = MakeAdamWScalars(kHyperparameters, step, 0.75f);
    const UpdateContext context = {host[0].config.codec, host[0].config.rounding,
                                   MakeStepKey(1, step)};
    const DeviceVector<AdamWScalars> device_scalars({scalars});
    std::vector<AdamWTask> tasks, device_tasks;
    for (std::size_t i = 0; i < host.size(); ++i) {
      tasks.push_back(host[i].Task(scalars));
      device_tasks.push_back(device[i].Task(tasks[i], device_scalars.data()));
    }
    const DeviceVector<AdamWTask> launched(device_tasks);
    const DeviceVector<unsigned long long> nonfinite_count({0});
    ASSERT_EQ(LaunchAdamW({.context = context,
                           .tasks = launched.data(),
                           .task_count = static_cast<int>(tasks.size()),
                           .nonfinite_count = nonfinite_count.data()},
                          nullptr),
              cudaSuccess);
    const UpdateReport expected = UpdateAdamWReference(context, tasks);
    std::vector<unsigned long long> counted;
    nonfinite_count.Get(&counted);
    EXPECT_EQ(counted[0], expected.nonfinite_count);
  }

  // Chained steps of every configuration on values of every kind.
  void ExpectSameChain(std::uint64_t step_count) {
    std::mt19937 random(12);
    for (const AdamWConfig& config : AllConfigs()) {
      for (Values values : {Values::kOrdinary, Values::kSubnormal, Values::kHuge, Values::kMixed}) {
        std::vector<AdamWState> host;
        host.emplace_back(config, 1000).FillWeights(values, random);
        std::vector<DeviceState> device(host.begin(), host.end());
        for (std::uint64_t step = 1; step <= step_count; ++step) {
          host[0].FillGradient(step % 10 == 0 ? Values::kOrdinary : values, random);
          device[0].SetGradient(host[0]);
          ExpectSameStep(host, device, step);
          if (step % 100 == 0 || step == step_count) ExpectSameState(host[0], device[0], step);
          ASSERT_FALSE(HasFailure());
        }
      }
    }
  }

  void ExpectSameState(const AdamWState& host, const DeviceState& device, std::uint64_t step) {
    AdamWState read = host;
    device.Read(&read);
    std::string difference;
    ASSERT_TRUE(read.Equals(host, &difference))
        << host.config.Name() << ", " << host.valid_count << " elements, after step " << step
        << ": " << difference;
  }
};

TEST_F(GpuAdamW, AllTailLengthsInOneLaunchEach) {
  std::mt19937 random(11);
  for (const AdamWConfig& config : AllConfigs()) {
    std::vector<AdamWState> host;
    for (std::size_t length = 1; length <= 512; ++length) {
      host.emplace_back(config, length).FillWeights(Values::kOrdinary, random);
      host.back().FillGradient(Values::kOrdinary, random);
    }
    const std::vector<DeviceState> device(host.begin(), host.end());
    for (std::uint64_t step = 1; step <= 2; ++step) ExpectSameStep(host, device, step);
    for (std::size_t i = 0; i < host.size(); ++i) ExpectSameState(host[i], device[i], 2);
    ASSERT_FALSE(HasFailure());
  }
}

TEST_F(GpuAdamW, UnusualValuesOver1000Steps) { ExpectSameChain(1000); }

TEST_F(GpuAdamW, SanitizerSizedChain) { ExpectSameChain(3); }

}  // namespace
}  // namespace zerod
