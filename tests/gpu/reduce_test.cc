// The CUDA reduction and its exact sum of squares against the definition.

#include <deque>

#include "gtest/gtest.h"
#include "kernels/cuda/line_begins.h"
#include "kernels/cuda/reduce_launch.h"
#include "kernels/gradient_norm.h"
#include "tests/gpu/reduced_tensor.h"

namespace zerod {
namespace {

class GpuReduce : public testing::Test {
 protected:
  void SetUp() override {
    if (!HaveDevice()) GTEST_SKIP() << "no CUDA device on this machine";
  }

  // Tensors whose ends and beginnings share lines, with gaps between some. Some are empty.
  static std::deque<ReducedTensor> Tensors(const ReduceCase& reduce_case, std::size_t scale,
                                           std::mt19937& random) {
    std::deque<ReducedTensor> tensors;
    std::uint64_t flat = (std::uint64_t{1} << 40) + 64;
    for (int i = 0; i < 60; ++i) {
      std::size_t length = i % 5 == 4 ? scale + random() % scale : 1 + random() % 300;
      if (i % 8 == 2 || i % 8 == 3) length = 0;
      if (i % 7 == 3) flat += 32 * (random() % 40);
      tensors.emplace_back(reduce_case, flat, length);
      flat += (length + 31) / 32 * 32;
    }
    return tensors;
  }

  static void LaunchAll(const std::deque<ReducedTensor>& tensors, bool first, bool last,
                        DeviceGradientNorm* norm) {
    std::vector<DeviceReduceTask> tasks;
    std::vector<FlatStretch> stretches;
    for (const ReducedTensor& tensor : tensors) {
      tasks.push_back(tensor.DeviceTask(first, last));
      stretches.push_back(tensor.Stretch());
    }
    const std::vector<std::uint64_t> begins = LineBegins(stretches);
    const DeviceVector<DeviceReduceTask> device_tasks(tasks);
    const DeviceVector<std::uint64_t> device_begins(begins);
    ASSERT_EQ(LaunchReduce({.tasks = device_tasks.data(),
                            .line_begins = device_begins.data(),
                            .task_count = static_cast<std::uint32_t>(tasks.size()),
                            .line_count = begins.back(),
                            .norm = norm},
                           nullptr),
              cudaSuccess);
    ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  }

  void ExpectSame(const ReduceCase& reduce_case, std::size_t scale) {
    std::mt19937 random(41);
    std::deque<ReducedTensor> tensors = Tensors(reduce_case, scale, random);
    ExpectSameOf(reduce_case, tensors, random);
  }

  void ExpectSameOf(const ReduceCase& reduce_case, std::deque<ReducedTensor>& tensors,
                    std::mt19937& random) {
    const DeviceVector<DeviceGradientNorm> device_norm({DeviceGradientNorm{}});
    for (std::size_t i = 0; i < reduce_case.micro_batch_count; ++i) {
      const bool first = i == 0;
      const bool last = i + 1 == reduce_case.micro_batch_count;
      for (ReducedTensor& tensor : tensors) {
        tensor.SetContributions(random);
        tensor.ReduceHost(first, last);
      }
      LaunchAll(tensors, first, last, last ? device_norm.data() : nullptr);
    }
    GradientNorm expected;
    std::vector<ReducedPiece> pieces;
    for (const ReducedTensor& tensor : tensors) {
      EXPECT_TRUE(tensor.HasSameBytes()) << "reduced gradient at " << tensor.Stretch().begin;
      pieces.push_back(tensor.Piece());
    }
    AccumulateNormReference(pieces, &expected);
    std::vector<DeviceGradientNorm> norm;
    device_norm.Get(&norm);
    EXPECT_EQ(norm[0].nonfinite_count, expected.nonfinite_count);
    EXPECT_EQ(norm[0].overflowed_lines, expected.overflowed_lines);
    const auto bins = expected.sum_of_squares.bins();
    for (std::size_t bin = 0; bin < bins.size(); ++bin) {
      EXPECT_EQ(norm[0].bins[bin], bins[bin]) << "bin " << bin;
    }
  }
};

TEST_F(GpuReduce, EveryDTypeAndNumberOfContributions) {
  for (DType dtype : {DType::kBf16, DType::kFp16, DType::kFp32}) {
    for (DType reduced_dtype : {DType::kBf16, DType::kFp32}) {
      for (std::size_t contributions : {1, 2, 5}) {
        ExpectSame(
            {.dtype = dtype, .reduced_dtype = reduced_dtype, .contribution_count = contributions},
            20000);
        ASSERT_FALSE(HasFailure()) << DTypeName(dtype) << " to " << DTypeName(reduced_dtype);
      }
    }
  }
}

TEST_F(GpuReduce, SeveralMicroBatches) {
  ExpectSame({.reduced_dtype = DType::kFp32, .contribution_count = 2, .micro_batch_count = 3},
             20000);
}

TEST_F(GpuReduce, ContributionsThatAreAlignedToTheirElementsOnly) {
  ExpectSame({.contribution_count = 2, .offset_bytes = 2}, 20000);
}

TEST_F(GpuReduce, UnusualValues) {
  for (Values values : {Values::kSubnormal, Values::kHuge, Values::kNonfinite, Values::kMixed}) {
    ExpectSame({.dtype = DType::kFp32,
                .reduced_dtype = DType::kFp32,
                .contribution_count = 2,
                .values = values},
               5000);
    ASSERT_FALSE(HasFailure());
  }
}

// What packs and widens two 16-bit values at once gives NaNs of its own.
TEST_F(GpuReduce, UnusualValuesOf16Bits) {
  for (Values values : {Values::kSubnormal, Values::kHuge, Values::kNonfinite, Values::kMixed}) {
    for (DType dtype : {DType::kBf16, DType::kFp16}) {
      ExpectSame({.dtype = dtype, .contribution_count = 2, .values = values}, 5000);
    }
    ASSERT_FALSE(HasFailure());
  }
}

// So many lines that every warp of a large device is dealt more of them than it collects sums.
TEST_F(GpuReduce, LargeTensor) {
  constexpr std::size_t kCount = 40000000;
  const ReduceCase reduce_case = {.contribution_count = 2};
  std::mt19937 random(43);
  std::deque<ReducedTensor> tensors;
  tensors.emplace_back(reduce_case, 96, kCount);
  ExpectSameOf(reduce_case, tensors, random);
}

TEST_F(GpuReduce, SanitizerSizedReduction) {
  ExpectSame({.contribution_count = 3, .values = Values::kMixed}, 1000);
}

}  // namespace
}  // namespace zerod
