#ifndef ZEROD_TESTS_KERNELS_CUDA_REDUCE_TENSORS_H_
#define ZEROD_TESTS_KERNELS_CUDA_REDUCE_TENSORS_H_

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "kernels/cuda/reduce_tasks.h"
#include "tests/kernels/update_state.h"

namespace zerod {

struct ReduceCase {
  DType dtype = DType::kBf16;
  DType reduced_dtype = DType::kBf16;
  Values values = Values::kOrdinary;
  bool first = true;
  bool last = true;
  std::size_t contribution_count = 3;
  std::size_t offset_elements = 0;     // of every third contribution, behind an aligned address
  std::size_t odd_value_distance = 0;  // every so many elements something not finite, or huge
  std::size_t longest = 3000;
  std::size_t tensor_count = 30;
  bool interleaved = false;
};

// A reduction by the definition and its emulation.
struct ReduceTensor {
  std::uint64_t flat_begin;
  std::size_t valid_count;
  std::size_t count;
  std::vector<std::vector<std::byte>> contributions;
  std::vector<const std::byte*> sources;
  std::vector<std::byte> expected;
  std::vector<std::byte> emulated;
};

inline void FillContribution(const ReduceCase& test_case, std::size_t count, std::mt19937& random,
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
// with a line and are whole lines, as most parameters are; every fifth one is long, and some are
// empty.
inline std::vector<ReduceTensor> MakeTensors(const ReduceCase& test_case, std::mt19937& random) {
  const std::size_t element_bytes = DTypeBytes(test_case.dtype);
  std::vector<ReduceTensor> tensors(test_case.tensor_count);
  std::uint64_t flat = (std::uint64_t{1} << 40) + 64;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    ReduceTensor& tensor = tensors[i];
    if (i % 7 == 3) flat += 32 * (random() % 40);
    tensor.valid_count = 1 + random() % (i % 5 == 4 ? test_case.longest : 200);
    if (i % 10 == 9) {
      flat = (flat + 255) / 256 * 256;
      tensor.valid_count = (tensor.valid_count + 255) / 256 * 256;
    }
    if (i % 8 == 2 || i % 8 == 3) tensor.valid_count = 0;
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

inline DeviceReduceTask TaskOf(const ReduceCase& test_case, ReduceTensor& tensor) {
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

}  // namespace zerod

#endif  // ZEROD_TESTS_KERNELS_CUDA_REDUCE_TENSORS_H_
