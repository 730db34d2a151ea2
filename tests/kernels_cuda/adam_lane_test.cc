// The fast path's arithmetic, on the host with its own division and square root, against the
// definition: every byte and all telemetry of a quant group.
#include <cmath>
#include <random>

#include "gtest/gtest.h"
#include "kernels/bf16.h"
#include "kernels/codec_flash.h"
#include "kernels/cpu/update_reference.h"
#include "tests/kernels_cuda/lane_group.h"

namespace zerod {
namespace {

class AdamLaneTest : public testing::Test {
 protected:
  // One step by the definition and by lanes, with each arithmetic that serves the group. Counts the
  // groups that seeds served.
  void ExpectSame(const UpdateScalars& scalars, std::uint64_t step, std::uint64_t index,
                  LaneGroup* group) {
    const UpdateContext context = {.key = MakeStepKey(5, step)};
    const GroupKey key = MakeGroupKey(context.key.value, index);
    LaneGroup by_seeds = *group;
    LaneGroup by_intrinsics = *group;
    const bool seeded = UpdateByLanes<SeededFloat>(scalars, key, &by_seeds);
    const bool in_range = UpdateByLanes<IntrinsicFloat>(scalars, key, &by_intrinsics);
    const bool needs_them = NeedsIntrinsics(group->Lane(0)) || NeedsIntrinsics(group->Lane(1));
    ASSERT_EQ(seeded, in_range && !needs_them) << "group " << index << ", step " << step;
    UpdateGroupReference(context, group->Task(32 * index, scalars), 0);
    ++count_;
    if (in_range) ++by_intrinsics_;
    ASSERT_TRUE(!in_range || by_intrinsics == *group) << "group " << index << ", step " << step;
    if (!seeded) return;
    ++in_range_;
    ASSERT_TRUE(in_range && by_seeds == *group) << "group " << index << ", step " << step;
    unmoved_ += group->telemetry.unmoved_count;
    floor_ += group->telemetry.floor_count;
  }

  std::uint64_t Bits(int count) { return random_() >> (64 - count); }
  // Sign and mantissa at random, 2^-least to 2^-greatest.
  float Value(int least, int greatest) {
    const int span = greatest - least + 1;
    const int exponent = least + static_cast<int>(Bits(31)) % span;
    return std::ldexp(1.0f + static_cast<float>(Bits(23)) * 0x1p-23f, exponent) *
           (Bits(1) != 0 ? -1.0f : 1.0f);
  }
  float Unit() { return static_cast<float>(Bits(24)) * 0x1p-24f; }

  std::mt19937_64 random_{7};
  std::uint64_t count_ = 0, in_range_ = 0, by_intrinsics_ = 0, unmoved_ = 0, floor_ = 0;
};

TEST_F(AdamLaneTest, TrainingChainsStayInRangeAndEqualTheDefinition) {
  const double rates[] = {1e-2, 3e-4, 1e-6};
  for (double beta2 : {0.95, 0.999}) {
    for (double lr : rates) {
      std::vector<LaneGroup> groups(64);
      for (LaneGroup& group : groups) {
        for (auto& weight : group.weights) weight = Bf16OfFloat((Unit() - 0.5f) * 0.1f);
      }
      for (std::uint64_t step = 1; step <= 300; ++step) {
        const UpdateScalars scalars = MakeUpdateScalars(
            Optimizer::kAdamW, {.lr = lr, .beta2 = beta2, .weight_decay = 0.1}, step, 0.87f);
        for (std::size_t i = 0; i < groups.size(); ++i) {
          for (auto& g : groups[i].gradient) {
            const float spread = std::exp2(-static_cast<float>(i % 16));
            g = Bf16OfFloat((Unit() - 0.4f) * 1e-2f * (Bits(5) == 0 ? spread : 1.0f));
          }
          ExpectSame(scalars, step, i, &groups[i]);
          ASSERT_FALSE(HasFatalFailure());
        }
      }
    }
  }
  EXPECT_GT(in_range_, count_ * 98 / 100);  // all but first steps, whose v is 0
  EXPECT_EQ(by_intrinsics_, count_);
  EXPECT_GT(unmoved_, 1000u);
}

TEST_F(AdamLaneTest, ArbitraryBytesEqualTheDefinitionOrAreLeftToIt) {
  for (std::uint64_t index = 0; index < 400000; ++index) {
    LaneGroup group;
    const int kind = static_cast<int>(Bits(3));
    for (std::size_t i = 0; i < 32; ++i) {
      group.weights[i] =
          kind < 4 ? Bf16OfFloat(Value(-30, 3)) : static_cast<std::uint16_t>(Bits(16));
      if (kind == 4) group.weights[i] = static_cast<std::uint16_t>(Bits(1) << 15);
      group.gradient[i] =
          kind < 6 ? Bf16OfFloat(Value(-130, 10)) : static_cast<std::uint16_t>(Bits(16));
      if (Bits(6) == 0) group.gradient[i] = static_cast<std::uint16_t>(Bits(1) << 15);
      group.correction[i] = static_cast<std::int8_t>(Bits(8));
      group.m[i] = static_cast<std::int8_t>(Bits(8));
      if (kind == 1 || kind == 4) group.m[i] = static_cast<std::int8_t>(Bits(2));
      const std::uint64_t v = Bits(kind == 2 ? 3 : 8);
      group.v[i] = static_cast<std::uint8_t>(v == 0 && kind < 6 ? 1 : v);
      if (kind == 3 && Bits(1) == 0) group.gradient[i] = group.v[i] = 0;  // as if it never had one
    }
    group.scales = {static_cast<std::uint16_t>(Bits(16)), static_cast<std::uint16_t>(Bits(16))};
    const UpdateScalars scalars = MakeUpdateScalars(Optimizer::kAdamW,
                                                    {.lr = std::fabs(Value(-30, 0)),
                                                     .beta1 = Unit() * 0.98 + 0.01,
                                                     .beta2 = Unit() * 0.7 + 0.27,
                                                     .eps = std::fabs(Value(-126, 1)),
                                                     .weight_decay = Unit()},
                                                    1 + Bits(10), std::fabs(Value(-8, 0)));
    ExpectSame(scalars, 1, index, &group);
    ASSERT_FALSE(HasFatalFailure());
  }
  EXPECT_GT(in_range_, count_ / 10);
  EXPECT_GT(by_intrinsics_, count_ / 3);
  EXPECT_GT(floor_, 1000u);
}

// One element of an ordinary group made extraordinary: the whole group needs intrinsics, or is left
// to the definition.
TEST_F(AdamLaneTest, EachExtraordinaryOperandIsNoticed) {
  const UpdateScalars scalars = MakeUpdateScalars(Optimizer::kAdamW, {.lr = 1e-3}, 100, 1.0f);
  enum class Taken : std::uint8_t { kBySeeds, kByIntrinsics, kNot };
  const auto taken = [&](auto change) {
    LaneGroup group;
    group.weights.fill(Bf16OfFloat(0.5f));
    group.gradient.fill(Bf16OfFloat(0.01f));
    group.m.fill(3);
    group.v.fill(200);
    group.scales = {ScaleCodeNearest(0.01f), ScaleCodeNearest(0.01f)};
    change(&group);
    const GroupKey key = MakeGroupKey(1, 2);
    if (UpdateByLanes<SeededFloat>(scalars, key, &group)) return Taken::kBySeeds;
    return UpdateByLanes<IntrinsicFloat>(scalars, key, &group) ? Taken::kByIntrinsics : Taken::kNot;
  };
  EXPECT_EQ(taken([](LaneGroup*) {}), Taken::kBySeeds);
  EXPECT_EQ(taken([](LaneGroup* group) { group->gradient[9] = 0x8000; }), Taken::kBySeeds);
  EXPECT_EQ(taken([](LaneGroup* group) { group->gradient[9] = 1; }), Taken::kBySeeds);
  EXPECT_EQ(taken([](LaneGroup* group) { group->gradient[31] = 0x7fc0; }), Taken::kNot);
  EXPECT_EQ(taken([](LaneGroup* group) { group->gradient[31] = 0xff80; }), Taken::kNot);
  EXPECT_EQ(taken([](LaneGroup* group) { group->gradient[31] = 0x7e00; }), Taken::kNot);
  EXPECT_EQ(taken([](LaneGroup* group) { group->v[17] = 0; }), Taken::kByIntrinsics);
  EXPECT_EQ(taken([](LaneGroup* group) {  // |u| above its bound: clamped
              group->gradient[3] = 0;
              group->m[3] = 127;
              group->v[3] = 1;
            }),
            Taken::kBySeeds);
  EXPECT_EQ(taken([](LaneGroup* group) { group->weights[5] = 0x7f7f; }), Taken::kNot);
  EXPECT_EQ(taken([](LaneGroup* group) { group->weights[5] = 0x7fc0; }), Taken::kNot);
  EXPECT_EQ(taken([](LaneGroup* group) { group->scales[1] = 0; }), Taken::kByIntrinsics);
  EXPECT_EQ(taken([](LaneGroup* group) {
              group->scales[0] = 0xffff;
              group->m[8] = 127;
            }),
            Taken::kNot);
}

TEST(DecodeTableTest, HoldsWhatTheCodecsDecode) {
  constexpr DecodeTable kFlashMTable = MakeFlashMTable();
  for (int i = 0; i < 256; ++i) {
    EXPECT_EQ(BitsOf(kMTable.values[i]),
              BitsOf(RobustCodec::DecodeM(static_cast<std::int8_t>(i - 128))));
    EXPECT_EQ(BitsOf(kFlashMTable.values[i]),
              BitsOf(FlashCodec::DecodeM(static_cast<std::int8_t>(i - 128))));
    EXPECT_EQ(BitsOf(kVTable.values[i]),
              BitsOf(RobustCodec::DecodeV(static_cast<std::uint8_t>(i))));
  }
}

TEST(FitsAdamLaneTest, RefusesScalarsBeyondTheProvenRanges) {
  const auto scalars = [](const Hyperparameters& hyperparameters, Optimizer optimizer) {
    return MakeUpdateScalars(optimizer, hyperparameters, 3, 1.0f);
  };
  EXPECT_TRUE(FitsAdamLane(scalars({.weight_decay = 0.1}, Optimizer::kAdamW)));
  EXPECT_TRUE(FitsAdamLane(scalars({}, Optimizer::kAdam)));
  EXPECT_FALSE(FitsAdamLane(scalars({.weight_decay = 0.1}, Optimizer::kAdam)));
  EXPECT_TRUE(FitsAdamLane(scalars({.beta1 = 0.0}, Optimizer::kAdamW)));
  EXPECT_FALSE(FitsAdamLane(scalars({.beta2 = 0.0}, Optimizer::kAdamW)));
  EXPECT_FALSE(FitsAdamLane(scalars({.eps = 1e30}, Optimizer::kAdamW)));
  EXPECT_TRUE(FitsAdamLane(scalars({.eps = 0x1p-126}, Optimizer::kAdamW)));
  EXPECT_FALSE(FitsAdamLane(scalars({.eps = 0x1p-127}, Optimizer::kAdamW)));
}

}  // namespace
}  // namespace zerod
