#ifndef ZEROD_TESTS_GPU_REDUCED_TENSOR_H_
#define ZEROD_TESTS_GPU_REDUCED_TENSOR_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <vector>

#include "kernels/cuda/line_begins.h"
#include "kernels/cuda/reduce_launch.h"
#include "kernels/reduce.h"
#include "tests/gpu/device_state.h"

namespace zerod {

struct ReduceCase {
  DType dtype = DType::kBf16;
  DType reduced_dtype = DType::kBf16;
  std::size_t contribution_count = 1;
  std::size_t micro_batch_count = 1;
  Values values = Values::kOrdinary;
  std::size_t offset_bytes = 0;
};

// One tensor's contributions of every micro-batch and its reduced gradient, on both sides.
class ReducedTensor {
 public:
  ReducedTensor(const ReduceCase& reduce_case, std::uint64_t flat_begin, std::size_t valid_count)
      : case_(reduce_case),
        flat_begin_(flat_begin),
        valid_count_(valid_count),
        count_((valid_count + 31) / 32 * 32),
        reduced_(count_ * DTypeBytes(case_.reduced_dtype), std::byte{0x5a}),
        device_reduced_(reduced_, 64) {}

  void SetContributions(std::mt19937& random) {
    contributions_.clear();
    pointers_.clear();
    device_contributions_.clear();
    std::vector<const std::byte*> device_pointers;
    for (std::size_t i = 0; i < case_.contribution_count; ++i) {
      contributions_.emplace_back(valid_count_ * DTypeBytes(case_.dtype));
      FillRandom(case_.values, case_.dtype, valid_count_, random, contributions_[i].data());
      pointers_.push_back(contributions_[i].data());
      device_contributions_.emplace_back(contributions_[i], case_.offset_bytes);
      device_pointers.push_back(device_contributions_[i].data());
    }
    device_pointers_.emplace(device_pointers);
  }

  DeviceReduceTask DeviceTask(bool first, bool last) const {
    return {.flat_begin = flat_begin_,
            .count = count_,
            .valid_count = valid_count_,
            .contributions = device_pointers_->data(),
            .contribution_count = static_cast<std::uint32_t>(case_.contribution_count),
            .dtype = case_.dtype,
            .reduced_dtype = case_.reduced_dtype,
            .first = first,
            .last = last,
            .scale = kScale,
            .reduced = device_reduced_.data()};
  }

  void ReduceHost(bool first, bool last) {
    ReduceContributionsReference({.contributions = pointers_,
                                  .dtype = case_.dtype,
                                  .count = count_,
                                  .valid_count = valid_count_,
                                  .reduced = reduced_.data(),
                                  .reduced_dtype = case_.reduced_dtype,
                                  .first = first,
                                  .last = last,
                                  .scale = kScale});
  }

  ReducedPiece Piece() const { return {flat_begin_, count_, case_.reduced_dtype, reduced_.data()}; }
  FlatStretch Stretch() const { return {flat_begin_, count_}; }

  bool HasSameBytes() const {
    std::vector<std::byte> bytes;
    device_reduced_.Get(&bytes);
    return bytes == reduced_;
  }

 private:
  static constexpr float kScale = 0.3f;

  ReduceCase case_;
  std::uint64_t flat_begin_;
  std::size_t valid_count_;
  std::size_t count_;
  std::vector<std::byte> reduced_;
  DeviceVector<std::byte> device_reduced_;
  std::vector<std::vector<std::byte>> contributions_;
  std::vector<const std::byte*> pointers_;
  std::deque<DeviceVector<std::byte>> device_contributions_;
  std::optional<DeviceVector<const std::byte*>> device_pointers_;
};

}  // namespace zerod

#endif  // ZEROD_TESTS_GPU_REDUCED_TENSOR_H_
