#include <gtest/gtest.h>

#include "tests/kernels/adamw_state.h"

// The reference with one rounding changed.
void UpdateWithMutant_unfused(const void* context, const void* task);
void UpdateWithMutant_halfless_dither(const void* context, const void* task);

namespace zerod {
namespace {

// Whether the comparison that holds SIMD to the reference sees what `mutant` does differently.
bool IsCaught(void (*mutant)(const void*, const void*), StateCodec codec) {
  std::mt19937 random(1);
  // fp32 weights: 24 bits would hide most of what a wrong last place does.
  AdamWState right({.codec = codec, .dtype = DType::kFp32, .master = MasterFormat::kNone}, 512);
  right.FillWeights(Values::kOrdinary, random);
  AdamWState wrong = right;
  for (std::uint64_t step = 1; step <= 20; ++step) {
    right.FillGradient(Values::kOrdinary, random);
    wrong.gradient = right.gradient;
    const AdamWScalars scalars = MakeAdamWScalars({.lr = 1e-2}, step, 1.0f);
    const UpdateContext context = {codec, MasterRounding::kNearest, MakeStepKey(1, step)};
    const AdamWTask task = right.Task(scalars);
    UpdateAdamW(context, std::span(&task, 1));
    const AdamWTask wrong_task = wrong.Task(scalars);
    mutant(&context, &wrong_task);
  }
  std::string difference;
  return !right.Equals(wrong, &difference);
}

TEST(AdamWMutation, MultiplyAddThatRoundsTwiceIsCaught) {
  EXPECT_TRUE(IsCaught(UpdateWithMutant_unfused, StateCodec::kFp32));
  EXPECT_TRUE(IsCaught(UpdateWithMutant_unfused, StateCodec::kFlash));
  EXPECT_TRUE(IsCaught(UpdateWithMutant_unfused, StateCodec::kRobust));
}

TEST(AdamWMutation, DitherWithoutItsHalfIsCaught) {
  EXPECT_TRUE(IsCaught(UpdateWithMutant_halfless_dither, StateCodec::kRobust));
}

// The other codecs don't dither: the mutant is right there, and the comparison has to agree.
TEST(AdamWMutation, NothingIsCaughtWhereNothingIsWrong) {
  EXPECT_FALSE(IsCaught(UpdateWithMutant_halfless_dither, StateCodec::kFp32));
  EXPECT_FALSE(IsCaught(UpdateWithMutant_halfless_dither, StateCodec::kFlash));
}

}  // namespace
}  // namespace zerod
