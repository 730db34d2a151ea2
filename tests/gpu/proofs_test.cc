// What the fast path's arithmetic rests on, for every operand there is, on the device.
#include "tests/gpu/proofs.h"

#include <atomic>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "tests/gpu/device_state.h"

namespace zerod {
namespace {

class GpuProofs : public testing::Test {
 protected:
  void SetUp() override {
    if (!HaveDevice()) GTEST_SKIP() << "no CUDA device on this machine";
    ASSERT_EQ(cudaMalloc(&memory_, kBlockCount * 8), cudaSuccess);
    ASSERT_EQ(cudaMemset(memory_, 0, kBlockCount * 8), cudaSuccess);
  }
  void TearDown() override {
    if (memory_ == nullptr) return;  // skipped
    ASSERT_EQ(cudaFree(memory_), cudaSuccess);
  }

  unsigned long long* counts() const { return static_cast<unsigned long long*>(memory_); }
  std::vector<std::uint64_t> Read(std::size_t count) const {
    std::vector<std::uint64_t> values(count);
    EXPECT_EQ(cudaMemcpy(values.data(), memory_, count * 8, cudaMemcpyDefault), cudaSuccess);
    return values;
  }

 private:
  void* memory_ = nullptr;
};

// The digests' sums of the host, on all its threads.
std::vector<std::uint64_t> HostDigests(SharedFunction function) {
  std::vector<std::uint64_t> sums(BlocksOf(function));
  std::atomic<std::uint64_t> next = 0;
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < std::max(1u, std::thread::hardware_concurrency()); ++i) {
    threads.emplace_back([&] {
      for (std::uint64_t block = next++; block < sums.size(); block = next++) {
        for (std::uint64_t k = 0; k < kBlockInputs; ++k) {
          sums[block] += Digest(function, static_cast<std::uint32_t>(block * kBlockInputs + k));
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return sums;
}

TEST_F(GpuProofs, ReciprocalOfEveryOperandInItsRange) {
  ASSERT_EQ(LaunchReciprocalProof(counts()), cudaSuccess);
  EXPECT_EQ(Read(1)[0], 0u);
}

TEST_F(GpuProofs, RootOfEveryOperand) {
  ASSERT_EQ(LaunchRootProof(counts()), cudaSuccess);
  EXPECT_EQ(Read(1)[0], 0u);
}

class GpuSharedFunctions : public GpuProofs, public testing::WithParamInterface<int> {};

TEST_P(GpuSharedFunctions, OfAllInputsAreTheHosts) {
  const auto function = static_cast<SharedFunction>(GetParam());
  ASSERT_EQ(LaunchDigests(function, counts()), cudaSuccess);
  const std::vector<std::uint64_t> host = HostDigests(function);
  const std::vector<std::uint64_t> device = Read(host.size());
  for (std::size_t block = 0; block < host.size(); ++block) {
    ASSERT_EQ(device[block], host[block]) << "inputs from " << block * kBlockInputs;
  }
}

INSTANTIATE_TEST_SUITE_P(All, GpuSharedFunctions, testing::Range(0, kSharedFunctionCount));

}  // namespace
}  // namespace zerod
