// The reduction's own source, run by fibers on the host, against the definition.
#include <gtest/gtest.h>

#include "kernels/gradient_norm.h"
#include "kernels/reduce.h"
#include "tests/kernels_cuda/emulated_launch.h"
#include "tests/kernels_cuda/mixed_tensors.h"

namespace zerod {
namespace {

struct Case {
  DType dtype = DType::kBf16;
  DType reduced_dtype = DType::kBf16;
  Values values = Values::kOrdinary;
  bool first = true;
  bool last = true;
  std::size_t contribution_count = 3;
  std::size_t offset_elements = 0;     // of every third contribution, behind an aligned address
  std::size_t odd_value_distance = 0;  // every so many elements something not finite, or huge
  std::size_t longest = 3000;
  bool interleaved = false;
};

struct Tensor {
  std::uint64_t flat_begin;
  std::size_t valid_count;
  std::size_t count;
  std::vector<std::vector<std::byte>> contributions;
  std::vector<const std::byte*> sources;
  std::vector<std::byte> expected;
  std::vector<std::byte> emulated;
};

void FillContribution(const Case& test_case, std::size_t count, std::mt19937& random,
                      std::byte* bytes) {
  FillRandom(test_case.values, test_case.dtype, count, random, bytes);
  if (test_case.odd_value_distance == 0) return;
  std::size_t at = random() % test_case.odd_value_distance;
  for (; at < count; at += 1 + random() % (2 * test_case.odd_value_distance)) {
    const Values values = random() % 2 == 0 ? Values::kNonfinite : Values::kHuge;
    FillRandom(values, test_case.dtype, 1, random, bytes + at * DTypeBytes(test_case.dtype));
  }
}

// Tensors that share lines and leave gaps, with accumulators of a micro-batch before. Some begin
// with a line and are whole lines, as most parameters are; every fifth one is long.
std::vector<Tensor> MakeTensors(const Case& test_case, std::mt19937& random) {
  const std::size_t element_bytes = DTypeBytes(test_case.dtype);
  std::vector<Tensor> tensors(30);
  std::uint64_t flat = 64;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    Tensor& tensor = tensors[i];
    if (i % 7 == 3) flat += 32 * (random() % 40);
    tensor.valid_count = 1 + random() % (i % 5 == 4 ? test_case.longest : 200);
    if (i % 10 == 9) {
      flat = (flat + 255) / 256 * 256;
      tensor.valid_count = (tensor.valid_count + 255) / 256 * 256;
    }
    tensor.flat_begin = flat;
    tensor.count = (tensor.valid_count + 31) / 32 * 32;
    flat += tensor.count;
    for (std::size_t c = 0; c < test_case.contribution_count; ++c) {
      const std::size_t offset = (i + c) % 3 == 0 ? test_case.offset_elements * element_bytes : 0;
      std::vector<std::byte>& bytes =
          tensor.contributions.emplace_back(offset + tensor.valid_count * element_bytes);
      FillContribution(test_case, tensor.valid_count, random, bytes.data() + offset);
      tensor.sources.push_back(bytes.data() + offset);
    }
    tensor.expected.resize(tensor.count * DTypeBytes(test_case.reduced_dtype));
    FillRandom(Values::kOrdinary, test_case.reduced_dtype, tensor.count, random,
               tensor.expected.data());
    tensor.emulated = tensor.expected;
  }
  return tensors;
}

// Reduces the tensors by the definition into `expected`, and adds to `norm`.
void ReduceByDefinition(const Case& test_case, std::vector<Tensor>& tensors, GradientNorm* norm) {
  std::vector<ReducedPiece> pieces;
  for (Tensor& tensor : tensors) {
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

DeviceReduceTask TaskOf(const Case& test_case, Tensor& tensor) {
  return {.flat_begin = tensor.flat_begin,
          .count = tensor.count,
          .valid_count = tensor.valid_count,
          .contributions = tensor.sources.data(),
          .contribution_count = static_cast<std::uint32_t>(tensor.sources.size()),
          .dtype = test_case.dtype,
          .reduced_dtype = test_case.reduced_dtype,
          .first = test_case.first,
          .last = test_case.last,
          .scale = 0.3f,
          .reduced = tensor.emulated.data()};
}

void ExpectSameNorm(const DeviceGradientNorm& norm, GradientNorm expected) {
  EXPECT_EQ(norm.nonfinite_count, expected.nonfinite_count);
  EXPECT_EQ(norm.overflowed_lines, expected.overflowed_lines);
  const auto bins = expected.sum_of_squares.bins();
  for (std::size_t bin = 0; bin < bins.size(); ++bin) ASSERT_EQ(norm.bins[bin], bins[bin]) << bin;
}

// With the norm and, of the same tensors, without.
void ExpectSame(const Case& test_case) {
  SCOPED_TRACE(testing::Message() << DTypeName(test_case.dtype) << " to "
                                  << DTypeName(test_case.reduced_dtype));
  std::mt19937 random(61);
  std::vector<Tensor> tensors = MakeTensors(test_case, random);
  GradientNorm expected;
  ReduceByDefinition(test_case, tensors, &expected);
  DeviceGradientNorm norm = {};
  for (DeviceGradientNorm* to : {static_cast<DeviceGradientNorm*>(nullptr), &norm}) {
    std::vector<Tensor> reduced = tensors;
    std::vector<DeviceReduceTask> tasks;
    for (Tensor& tensor : reduced) tasks.push_back(TaskOf(test_case, tensor));
    EmulateReduce(tasks, test_case.interleaved, to);
    for (const Tensor& tensor : reduced) {
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
