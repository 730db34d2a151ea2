// The reduction's own source, run by fibers on the host, against the definition.
#include <gtest/gtest.h>

#include "kernels/gradient_norm.h"
#include "kernels/reduce.h"
#include "tests/kernels_cuda/emulated_launch.h"
#include "tests/kernels_cuda/reduce_tensors.h"

namespace zerod {
namespace {

// Reduces the tensors by the definition into `expected`, and adds to `norm`.
void ReduceByDefinition(const ReduceCase& test_case, std::vector<ReduceTensor>& tensors,
                        GradientNorm* norm) {
  std::vector<ReducedPiece> pieces;
  for (ReduceTensor& tensor : tensors) {
    ReduceContributionsReference({.contributions = tensor.sources,
                                  .dtype = test_case.dtype,
                                  .count = tensor.count,
                                  .valid_count = tensor.valid_count,
                                  .reduced = tensor.expected.data(),
                                  .reduced_dtype = test_case.reduced_dtype,
                                  .first = test_case.first,
                                  .last = test_case.last,
                                  .scale = 0.3f});
    pieces.push_back(
        {tensor.flat_begin, tensor.count, test_case.reduced_dtype, tensor.expected.data()});
  }
  AccumulateNormReference(pieces, norm);
}

void ExpectSameNorm(const DeviceGradientNorm& norm, GradientNorm expected) {
  EXPECT_EQ(norm.nonfinite_count, expected.nonfinite_count);
  EXPECT_EQ(norm.overflowed_lines, expected.overflowed_lines);
  const auto bins = expected.sum_of_squares.bins();
  for (std::size_t bin = 0; bin < bins.size(); ++bin) ASSERT_EQ(norm.bins[bin], bins[bin]) << bin;
}

// With the norm and, of the same tensors, without.
void ExpectSame(const ReduceCase& test_case) {
  SCOPED_TRACE(testing::Message() << DTypeName(test_case.dtype) << " to "
                                  << DTypeName(test_case.reduced_dtype));
  std::mt19937 random(61);
  std::vector<ReduceTensor> tensors = MakeTensors(test_case, random);
  GradientNorm expected;
  ReduceByDefinition(test_case, tensors, &expected);
  DeviceGradientNorm norm = {};
  for (DeviceGradientNorm* to : {static_cast<DeviceGradientNorm*>(nullptr), &norm}) {
    std::vector<ReduceTensor> reduced = tensors;
    std::vector<DeviceReduceTask> tasks;
    for (ReduceTensor& tensor : reduced) tasks.push_back(TaskOf(test_case, tensor));
    EmulateReduce(tasks, test_case.interleaved, to);
    for (const ReduceTensor& tensor : reduced) {
      ASSERT_TRUE(tensor.emulated == tensor.expected) << "tensor at " << tensor.flat_begin;
    }
  }
  ExpectSameNorm(norm, expected);
}

TEST(EmulatedReduce, EveryDType) {
  for (DType dtype : {DType::kBf16, DType::kFp16, DType::kFp32}) {
    ExpectSame({.dtype = dtype, .reduced_dtype = DType::kBf16});
    ExpectSame({.dtype = dtype, .reduced_dtype = DType::kFp32});
  }
}

TEST(EmulatedReduce, AnyNumberOfContributions) {
  for (DType dtype : {DType::kBf16, DType::kFp32}) {
    for (std::size_t count : {1, 2, 4, 5})
      ExpectSame({.dtype = dtype, .contribution_count = count});
  }
}

TEST(EmulatedReduce, LaterMicroBatches) {
  for (bool last : {false, true}) {
    for (DType dtype : {DType::kBf16, DType::kFp32}) {
      ExpectSame({.dtype = dtype, .reduced_dtype = DType::kFp32, .first = false, .last = last});
    }
  }
  ExpectSame({.reduced_dtype = DType::kFp32, .first = true, .last = false});
}

// Enough lines for every warp to collect more sums than it has lanes.
TEST(EmulatedReduce, LongTensors) {
  for (bool interleaved : {false, true}) {
    ExpectSame({.contribution_count = 2, .longest = 120000, .interleaved = interleaved});
  }
}

// Of the two blocks one finds nothing to do, or one warp of six finds something.
TEST(EmulatedReduce, MoreBlocksThanLines) {
  for (bool interleaved : {false, true}) {
    ExpectSame({.tensor_count = 1, .interleaved = interleaved});
    ExpectSame({.tensor_count = 2, .interleaved = interleaved});
  }
}

TEST(EmulatedReduce, ContributionsThatAreAlignedToTheirElementsOnly) {
  for (DType dtype : {DType::kBf16, DType::kFp32}) {
    ExpectSame({.dtype = dtype, .contribution_count = 1, .offset_elements = 1});
    ExpectSame({.dtype = dtype, .contribution_count = 2, .offset_elements = 1});
  }
}

TEST(EmulatedReduce, UnusualValues) {
  for (Values values : {Values::kSubnormal, Values::kHuge, Values::kNonfinite, Values::kMixed}) {
    for (DType dtype : {DType::kBf16, DType::kFp16, DType::kFp32}) {
      ExpectSame({.dtype = dtype, .reduced_dtype = DType::kFp32, .values = values});
    }
    ExpectSame({.values = values});
  }
}

// Between lines of finite sums.
TEST(EmulatedReduce, SomeLinesWithoutFiniteSums) {
  for (DType dtype : {DType::kBf16, DType::kFp16, DType::kFp32}) {
    for (DType reduced_dtype : {DType::kBf16, DType::kFp32}) {
      ExpectSame({.dtype = dtype,
                  .reduced_dtype = reduced_dtype,
                  .contribution_count = 2,
                  .odd_value_distance = 1500,
                  .longest = 20000,
                  .interleaved = reduced_dtype == DType::kFp32});
    }
  }
}

}  // namespace
}  // namespace zerod
