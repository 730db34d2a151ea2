#ifndef ZEROD_TESTS_KERNELS_ADAMW_STATE_H_
#define ZEROD_TESTS_KERNELS_ADAMW_STATE_H_

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "kernels/adamw.h"

namespace zerod {

// One point of the space of formats.
struct AdamWConfig {
  StateCodec codec = StateCodec::kRobust;
  DType dtype = DType::kBf16;
  MasterFormat master = MasterFormat::k24;
  MasterRounding rounding = MasterRounding::kNearest;
  DType gradient_dtype = DType::kBf16;

  std::string Name() const;
};

// Every codec x (bf16 with three master formats, fp32) x rounding x gradient dtype.
std::vector<AdamWConfig> AllConfigs();

// What random tensors are made of.
enum class Values { kOrdinary, kSubnormal, kZeros, kHuge, kNonfinite, kMixed };

float RandomValue(Values values, std::mt19937& random);

// One tensor with its optimizer state, and a task over it.
struct AdamWState {
  AdamWState(const AdamWConfig& config, std::size_t valid_count);

  void FillWeights(Values values, std::mt19937& random);
  void FillGradient(Values values, std::mt19937& random);
  AdamWTask Task(const AdamWScalars& scalars);
  // Whether every byte of weights and state is the same; otherwise `difference` says where the
  // first one is.
  bool Equals(const AdamWState& other, std::string* difference) const;
  // Whether all padding is zero, in weights and in decoded state.
  bool PaddingIsZero() const;

  AdamWConfig config;
  std::size_t valid_count;
  std::size_t count;  // padded to quant groups
  std::uint64_t flat_begin = 32 * 7;
  std::vector<std::byte> gradient, weights, correction, m, v;
  std::vector<std::uint16_t> scales;
};

// Runs `body` once for every Highway target of this CPU, with that target chosen, and once for the
// fallback.
template <typename Body>
void ForEachTarget(Body body);

}  // namespace zerod

#include <hwy/highway.h>

namespace zerod {

template <typename Body>
void ForEachTarget(Body body) {
  const std::int64_t supported = hwy::SupportedTargets() & HWY_TARGETS;
  for (std::int64_t rest = supported; rest != 0; rest &= rest - 1) {
    const std::int64_t target = rest & -rest;
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    body(hwy::TargetName(target));
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

}  // namespace zerod

#endif  // ZEROD_TESTS_KERNELS_ADAMW_STATE_H_
