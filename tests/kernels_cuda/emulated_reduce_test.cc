// The reduction's own source, run by fibers on the host, against the definition.
#include <gtest/gtest.h>

#include "kernels/gradient_norm.h"
#include "kernels/reduce.h"
#include "tests/kernels_cuda/emulated_launch.h"
#include "tests/kernels_cuda/mixed_tensors.h"

namespace zerod {
namespace {

struct Tensor {
  std::uint64_t flat_begin;
  std::size_t valid_count;
  std::size_t count;
  std::vector<std::vector<std::byte>> contributions;
  std::vector<const std::byte*> sources;
  std::vector<std::byte> expected;
  std::vector<std::byte> emulated;
};

struct Formats {
  DType dtype;
  DType reduced_dtype;
  Values values;
  bool last = true;
};

// Tensors that share lines and leave gaps, with accumulators of a micro-batch before.
std::vector<Tensor> MakeTensors(const Formats& formats, std::mt19937& random) {
  std::vector<Tensor> tensors(30);
  std::uint64_t flat = 64;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    Tensor& tensor = tensors[i];
    if (i % 7 == 3) flat += 32 * (random() % 40);
    tensor.flat_begin = flat;
    tensor.valid_count = 1 + random() % (i % 5 == 4 ? 3000 : 200);
    tensor.count = (tensor.valid_count + 31) / 32 * 32;
    flat += tensor.count;
    for (int c = 0; c < 3; ++c) {
      tensor.contributions.emplace_back(tensor.valid_count * DTypeBytes(formats.dtype));
      FillRandom(formats.values, formats.dtype, tensor.valid_count, random,
                 tensor.contributions.back().data());
      tensor.sources.push_back(tensor.contributions.back().data());
    }
    tensor.expected.resize(tensor.count * DTypeBytes(formats.reduced_dtype));
    FillRandom(Values::kOrdinary, formats.reduced_dtype, tensor.count, random,
               tensor.expected.data());
    tensor.emulated = tensor.expected;
  }
  return tensors;
}

void ExpectSame(const Formats& formats, bool first) {
  std::mt19937 random(61);
  std::vector<Tensor> tensors = MakeTensors(formats, random);
  std::vector<DeviceReduceTask> tasks;
  std::vector<ReducedPiece> pieces;
  for (Tensor& tensor : tensors) {
    ReduceContributionsReference({.contributions = tensor.sources,
                                  .dtype = formats.dtype,
                                  .count = tensor.count,
                                  .valid_count = tensor.valid_count,
                                  .reduced = tensor.expected.data(),
                                  .reduced_dtype = formats.reduced_dtype,
                                  .first = first,
                                  .last = formats.last,
                                  .scale = 0.3f});
    pieces.push_back(
        {tensor.flat_begin, tensor.count, formats.reduced_dtype, tensor.expected.data()});
    tasks.push_back({.flat_begin = tensor.flat_begin,
                     .count = tensor.count,
                     .valid_count = tensor.valid_count,
                     .contributions = tensor.sources.data(),
                     .contribution_count = static_cast<std::uint32_t>(tensor.sources.size()),
                     .dtype = formats.dtype,
                     .reduced_dtype = formats.reduced_dtype,
                     .first = first,
                     .last = formats.last,
                     .scale = 0.3f,
                     .reduced = tensor.emulated.data()});
  }
  DeviceGradientNorm norm = {};
  EmulateReduce(tasks, &norm);
  for (const Tensor& tensor : tensors) {
    ASSERT_TRUE(tensor.emulated == tensor.expected) << "tensor at " << tensor.flat_begin;
  }
  GradientNorm expected;
  AccumulateNormReference(pieces, &expected);
  EXPECT_EQ(norm.nonfinite_count, expected.nonfinite_count);
  EXPECT_EQ(norm.overflowed_lines, expected.overflowed_lines);
  const auto bins = expected.sum_of_squares.bins();
  for (std::size_t bin = 0; bin < bins.size(); ++bin) ASSERT_EQ(norm.bins[bin], bins[bin]) << bin;
}

TEST(EmulatedReduce, EveryDType) {
  for (DType dtype : {DType::kBf16, DType::kFp16, DType::kFp32}) {
    for (DType reduced_dtype : {DType::kBf16, DType::kFp32}) {
      ExpectSame({dtype, reduced_dtype, Values::kOrdinary}, true);
      ASSERT_FALSE(testing::Test::HasFailure())
          << DTypeName(dtype) << " to " << DTypeName(reduced_dtype);
    }
  }
}

TEST(EmulatedReduce, LaterMicroBatches) {
  ExpectSame({DType::kBf16, DType::kFp32, Values::kOrdinary, /*last=*/false}, false);
  ExpectSame({DType::kBf16, DType::kFp32, Values::kOrdinary, /*last=*/true}, false);
}

TEST(EmulatedReduce, UnusualValues) {
  for (Values values : {Values::kSubnormal, Values::kHuge, Values::kNonfinite, Values::kMixed}) {
    ExpectSame({DType::kFp32, DType::kFp32, values}, true);
  }
}

}  // namespace
}  // namespace zerod
