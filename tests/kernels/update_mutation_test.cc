#include <gtest/gtest.h>

#include "tests/kernels/update_state.h"

// The reference with one detail changed.
void UpdateWithMutant_unfused(const void* context, const void* task);
void UpdateWithMutant_swapped_halves(const void* context, const void* task);
void UpdateWithMutant_truncated_fixed(const void* context, const void* task);

namespace zerod {
namespace {

using Mutant = void (*)(const void*, const void*);

// Whether the comparison that holds every fast path to the reference sees what `mutant` does
// differently within 20 steps.
bool IsCaught(Mutant mutant, const UpdateConfig& config) {
  std::mt19937 random(1);
  UpdateState right(config, 2048);
  right.FillWeights(Values::kOrdinary, random);
  UpdateState wrong = right;
  for (std::uint64_t step = 1; step <= 20; ++step) {
    right.FillGradient(Values::kOrdinary, random);
    wrong.gradient = right.gradient;
    const UpdateScalars scalars = config.Scalars(step);
    const UpdateContext context = config.Context(step);
    const UpdateTask task = right.Task(scalars);
    UpdateWeights(context, std::span(&task, 1));
    const UpdateTask wrong_task = wrong.Task(scalars);
    mutant(&context, &wrong_task);
  }
  std::string difference;
  return !right.Equals(wrong, &difference);
}

bool IsRobust(const UpdateConfig& config) {
  return config.codec == StateCodec::kRobust && HasM(config.Rule());
}

// Masters of 16 bits can hide what a wrong last place does. Lion's step is a product without a
// rounding, so only its moment can show it, and bytes can hide that.
bool ShowsLastPlaces(const UpdateConfig& config) {
  if (config.Rule() == UpdateRule::kLion) return config.codec == StateCodec::kFp32;
  return config.dtype == DType::kFp32 || config.master != MasterFormat::kNone;
}

TEST(UpdateMutation, MultiplyAddThatRoundsTwiceIsCaught) {
  for (const UpdateConfig& config : ChainConfigs()) {
    if (ShowsLastPlaces(config)) {
      EXPECT_TRUE(IsCaught(UpdateWithMutant_unfused, config)) << config.Name();
    }
  }
}

TEST(UpdateMutation, SwappedHalvesOfTheHashAreCaught) {
  for (const UpdateConfig& config : ChainConfigs()) {
    if (IsRobust(config)) {
      EXPECT_TRUE(IsCaught(UpdateWithMutant_swapped_halves, config)) << config.Name();
    }
  }
}

TEST(UpdateMutation, TiesRoundedDownAreCaught) {
  for (const UpdateConfig& config : ChainConfigs()) {
    if (IsRobust(config)) {
      EXPECT_TRUE(IsCaught(UpdateWithMutant_truncated_fixed, config)) << config.Name();
    }
  }
}

// Elsewhere these two mutants are right, and the comparison has to agree.
TEST(UpdateMutation, NothingIsCaughtWhereNothingIsWrong) {
  for (const UpdateConfig& config : ChainConfigs()) {
    if (IsRobust(config)) continue;
    EXPECT_FALSE(IsCaught(UpdateWithMutant_swapped_halves, config)) << config.Name();
    EXPECT_FALSE(IsCaught(UpdateWithMutant_truncated_fixed, config)) << config.Name();
  }
}

}  // namespace
}  // namespace zerod
