#ifndef ZEROD_TESTS_KERNELS_CUDA_MIXED_TENSORS_H_
#define ZEROD_TESTS_KERNELS_CUDA_MIXED_TENSORS_H_

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "kernels/element_access.h"
#include "tests/kernels/update_state.h"

namespace zerod {

// Tensors of a default shard for one launch: up to `most` elements, some of none, every fourth one
// not in the fast path's format, every third one far into a large model.
inline std::vector<UpdateState> MixedTensors(std::size_t most, std::mt19937& random) {
  const UpdateConfig others[] = {
      {.gradient_dtype = DType::kFp32},
      {.master = MasterFormat::k32},
      {.dtype = DType::kFp32, .master = MasterFormat::kNone},
      {.dtype = DType::kFp16},
  };
  std::vector<UpdateState> tensors;
  for (std::size_t i = 0; i < 24; ++i) {
    const UpdateConfig config = i % 4 == 3 ? others[i / 4 % 4] : UpdateConfig{};
    const bool is_empty = i == 0 || i == 9 || i == 10 || i == 23;
    const std::size_t length = is_empty ? 0 : 1 + random() % (i % 3 == 0 ? most : most / 16 + 1);
    const std::uint64_t origin = i % 3 == 1 ? std::uint64_t{5} << 40 : 0;
    tensors.emplace_back(config, length).flat_begin = origin + 32 * (1 + random() % 1000000);
    tensors.back().FillWeights(Values::kOrdinary, random);
  }
  return tensors;
}

// Gradients as in training: of one size.
inline void FillTrainingGradient(UpdateState& tensor, std::mt19937& random) {
  for (std::size_t i = 0; i < tensor.valid_count; ++i) {
    const float unit = static_cast<float>(random() >> 8) * 0x1p-24f;
    StoreElement(tensor.config.gradient_dtype, (unit - 0.4f) * 1e-2f, tensor.gradient.data(), i);
  }
}

// Every sixth tensor gets some of everything.
inline void FillMixedGradients(std::vector<UpdateState>& tensors, std::mt19937& random) {
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    if (i % 6 == 5) {
      tensors[i].FillGradient(Values::kMixed, random);
    } else {
      FillTrainingGradient(tensors[i], random);
    }
  }
}

}  // namespace zerod

#endif  // ZEROD_TESTS_KERNELS_CUDA_MIXED_TENSORS_H_
