#ifndef ZEROD_TESTS_KERNELS_UPDATE_STATE_H_
#define ZEROD_TESTS_KERNELS_UPDATE_STATE_H_

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "kernels/cpu_target.h"
#include "kernels/update.h"
#include "tests/kernels/update_config.h"

namespace zerod {

// What random tensors are made of. Subnormal and huge are meant in the values' dtype.
enum class Values { kOrdinary, kSubnormal, kZeros, kHuge, kNonfinite, kMixed };

float RandomValue(Values values, DType dtype, std::mt19937& random);
// Random values of `dtype` into the first `valid_count` elements of `bytes`.
void FillRandom(Values values, DType dtype, std::size_t valid_count, std::mt19937& random,
                std::byte* bytes);

// One tensor with its optimizer state and the telemetry of its updates, and a task over it.
struct UpdateState {
  UpdateState(const UpdateConfig& config, std::size_t valid_count);

  void FillWeights(Values values, std::mt19937& random);
  void FillGradient(Values values, std::mt19937& random);
  // Every bit pattern in everything that an update reads, padding included.
  void FillWithArbitraryBytes(std::mt19937& random);
  // Points into this state, telemetry included, and at `scalars`.
  UpdateTask Task(const UpdateScalars& scalars);
  // Whether every byte of weights and state, and the telemetry, is the same; otherwise `difference`
  // says where the first one is.
  bool Equals(const UpdateState& other, std::string* difference) const;
  // Whether all padding is zero, in weights and in state.
  bool PaddingIsZero() const;

  UpdateConfig config;
  std::size_t valid_count;
  std::size_t count;  // padded to quant groups
  std::uint64_t flat_begin = 32 * 7;
  // Empty where the configuration has none.
  std::vector<std::byte> gradient, weights, correction, m, v;
  std::vector<std::uint16_t> scales;
  UpdateTelemetry telemetry;
};

// Runs `body` once for every Highway target of this CPU that has a fast path, with that target
// chosen, and once for the fallback.
template <typename Body>
void ForEachTarget(Body body);

}  // namespace zerod

#include <hwy/highway.h>

namespace zerod {

// Chooses `target`, or with 0 what this CPU supports.
inline void ChooseTarget(std::int64_t target) {
  // Asking the CPU takes microseconds, on a virtual one tens of them.
  static const std::int64_t supported = hwy::SupportedTargets();
  hwy::SetSupportedTargetsForTest(target);
  hwy::GetChosenTarget().Update(target != 0 ? target : supported);
}

// The targets that ForEachTarget takes.
inline std::vector<std::int64_t> TestedTargets() {
  std::vector<std::int64_t> targets;
  bool has_fallback = false;
  for (std::int64_t rest = hwy::SupportedTargets() & HWY_TARGETS; rest != 0; rest &= rest - 1) {
    const std::int64_t target = rest & -rest;
    ChooseTarget(target);
    const bool is_fallback = std::string(CpuTargetName()) == "reference";
    if (!is_fallback || !has_fallback) targets.push_back(target);
    has_fallback |= is_fallback;
  }
  ChooseTarget(0);
  return targets;
}

template <typename Body>
void ForEachTarget(Body body) {
  static const std::vector<std::int64_t> targets = TestedTargets();
  for (std::int64_t target : targets) {
    ChooseTarget(target);
    body(hwy::TargetName(target));
  }
  ChooseTarget(0);
}

}  // namespace zerod

#endif  // ZEROD_TESTS_KERNELS_UPDATE_STATE_H_
