// The CUDA kernels against the definition, bit for bit: every setting, in the shape of launch that
// is chosen.
#include "gtest/gtest.h"
#include "tests/gpu/device_step.h"

namespace zerod {
namespace {

class GpuUpdate : public testing::Test {
 protected:
  void SetUp() override {
    if (!HaveDevice()) GTEST_SKIP() << "no CUDA device on this machine";
  }

  // Chained steps of every configuration, on tensors of values of every kind, in one launch a step.
  void ExpectSameChain(std::uint64_t step_count) {
    std::mt19937 random(12);
    constexpr Values kKinds[] = {Values::kOrdinary, Values::kSubnormal, Values::kHuge,
                                 Values::kMixed};
    for (const UpdateConfig& config : ChainConfigs()) {
      std::vector<UpdateState> host;
      for (Values values : kKinds) host.emplace_back(config, 1000).FillWeights(values, random);
      std::vector<DeviceState> device(host.begin(), host.end());
      for (std::uint64_t step = 1; step <= step_count; ++step) {
        for (std::size_t i = 0; i < host.size(); ++i) {
          const bool zeros = step % 200 >= 150;
          host[i].FillGradient(zeros            ? Values::kZeros
                               : step % 10 == 0 ? Values::kOrdinary
                                                : kKinds[i],
                               random);
          device[i].SetGradient(host[i]);
        }
        StepBoth(host, device, step);
        if (step % 100 == 0 || step == step_count) ExpectSameStates(host, device, step);
        ASSERT_FALSE(HasFailure());
      }
    }
  }
};

TEST_F(GpuUpdate, AllTailLengthsInOneLaunchEach) {
  std::mt19937 random(11);
  for (const UpdateConfig& config : AllConfigs()) {
    std::vector<UpdateState> host;
    for (std::size_t length = 1; length <= 512; ++length) {
      host.emplace_back(config, length).FillWeights(Values::kOrdinary, random);
      host.back().FillGradient(Values::kOrdinary, random);
      host.back().flat_begin += 32 * length;
    }
    const std::vector<DeviceState> device(host.begin(), host.end());
    for (std::uint64_t step = 1; step <= 2; ++step) StepBoth(host, device, step);
    ExpectSameStates(host, device, 2);
    ASSERT_FALSE(HasFailure());
  }
}

TEST_F(GpuUpdate, ArbitraryBytes) {
  std::mt19937 random(13);
  for (const UpdateConfig& config : AllConfigs()) {
    std::vector<UpdateState> host;
    host.emplace_back(config, 50000).FillWithArbitraryBytes(random);
    const std::vector<DeviceState> device(host.begin(), host.end());
    for (std::uint64_t step = 1; step <= 2; ++step) StepBoth(host, device, step);
    ExpectSameStates(host, device, 2);
    ASSERT_FALSE(HasFailure());
  }
}

TEST_F(GpuUpdate, UnusualValuesOver1000Steps) { ExpectSameChain(1000); }

TEST_F(GpuUpdate, SanitizerSizedChain) { ExpectSameChain(2); }

}  // namespace
}  // namespace zerod
