// The definition's kernel, run by fibers on the host, against the definition: every setting, and
// gradients from contributions of every kind.
#include <gtest/gtest.h>

#include "kernels/reduce.h"
#include "tests/kernels/update_state.h"
#include "tests/kernels_cuda/emulated_launch.h"

namespace zerod {
namespace {

// Steps `expected` by the definition and `emulated` by its emulated kernel, in one launch a step,
// and compares every byte and the telemetry.
void ExpectSameSteps(std::vector<UpdateState> expected, std::uint64_t step_count) {
  std::vector<UpdateState> emulated = expected;
  const UpdateConfig& config = expected[0].config;
  for (std::uint64_t step = 1; step <= step_count; ++step) {
    const UpdateScalars scalars = config.Scalars(step);
    std::vector<FusedUpdateTask> tasks;
    for (UpdateState& tensor : emulated) {
      tasks.push_back({.task = tensor.Task(scalars), .source = {}, .copies = {}});
    }
    for (UpdateState& tensor : expected) {
      const UpdateTask task = tensor.Task(scalars);
      UpdateWeightsReference(config.Context(step), {&task, 1});
    }
    EmulateUpdate(config.Context(step), tasks, {.block_count = 2, .warp_count = 2});
  }
  for (std::size_t i = 0; i < expected.size(); ++i) {
    std::string difference;
    ASSERT_TRUE(emulated[i].Equals(expected[i], &difference))
        << expected[i].count << " elements, " << config.Name() << ": " << difference;
  }
}

TEST(EmulatedDefinition, ValuesOfEveryKindInEverySetting) {
  std::mt19937 random(51);
  for (const UpdateConfig& config : AllConfigs()) {
    std::vector<UpdateState> tensors;
    for (std::size_t length : {1, 200, 700}) {
      tensors.emplace_back(config, length).FillWeights(Values::kMixed, random);
      tensors.back().FillGradient(Values::kMixed, random);
    }
    ExpectSameSteps(tensors, 2);
    ASSERT_FALSE(testing::Test::HasFailure());
  }
}

// So that codes, scales and corrections of all values are met, and what is damaged.
TEST(EmulatedDefinition, ArbitraryBytesInEverySetting) {
  std::mt19937 random(52);
  for (const UpdateConfig& config : AllConfigs()) {
    std::vector<UpdateState> tensors;
    tensors.emplace_back(config, 32 * 30).FillWithArbitraryBytes(random);
    ExpectSameSteps(tensors, 2);
    ASSERT_FALSE(testing::Test::HasFailure());
  }
}

// Ordinary octets, where nothing takes a way around: training's values over some steps.
TEST(EmulatedDefinition, OrdinaryValuesInEverySetting) {
  std::mt19937 random(53);
  for (const UpdateConfig& config : AllConfigs()) {
    std::vector<UpdateState> tensors;
    tensors.emplace_back(config, 300).FillWeights(Values::kOrdinary, random);
    tensors.back().FillGradient(Values::kOrdinary, random);
    ExpectSameSteps(tensors, 3);
    ASSERT_FALSE(testing::Test::HasFailure());
  }
}

struct FusedCase {
  UpdateConfig config;
  DType dtype;  // of the contributions
  std::size_t offset_bytes;
};

void ExpectSameFused(const FusedCase& fused_case, std::mt19937& random) {
  constexpr std::size_t kValid = 32 * 20 + 13;  // octets that end in padding, and ones in it
  constexpr float kScale = 0.37f;
  const UpdateConfig& config = fused_case.config;
  UpdateState expected(config, kValid);
  expected.FillWeights(Values::kOrdinary, random);
  UpdateState emulated = expected;
  std::vector<std::vector<std::byte>> bytes;
  std::vector<const std::byte*> contributions;
  for (Values values : {Values::kMixed, Values::kOrdinary, Values::kOrdinary}) {
    bytes.emplace_back(fused_case.offset_bytes + kValid * DTypeBytes(fused_case.dtype));
    std::byte* const begin = bytes.back().data() + fused_case.offset_bytes;
    FillRandom(values, fused_case.dtype, kValid, random, begin);
    contributions.push_back(begin);
  }
  std::vector<std::vector<std::byte>> copies(2, std::vector<std::byte>(expected.weights.size()));
  std::byte* const destinations[] = {copies[0].data(), copies[1].data()};

  const UpdateScalars scalars = config.Scalars(1);
  ReduceContributionsReference({.contributions = contributions,
                                .dtype = fused_case.dtype,
                                .count = expected.count,
                                .valid_count = kValid,
                                .reduced = expected.gradient.data(),
                                .reduced_dtype = config.gradient_dtype,
                                .scale = kScale});
  const UpdateTask reduced_task = expected.Task(scalars);
  UpdateWeightsReference(config.Context(1), {&reduced_task, 1});
  FusedUpdateTask task = {.task = emulated.Task(scalars),
                          .source = {.contributions = contributions.data(),
                                     .count = static_cast<std::uint32_t>(contributions.size()),
                                     .dtype = fused_case.dtype,
                                     .scale = kScale,
                                     .valid_count = kValid},
                          .copies = {.destinations = destinations, .count = 2}};
  task.task.gradient = nullptr;
  EmulateUpdate(config.Context(1), {task}, {.warp_count = 2});

  std::string difference;
  EXPECT_TRUE(emulated.Equals(expected, &difference)) << config.Name() << ": " << difference;
  for (const std::vector<std::byte>& copy : copies) {
    EXPECT_TRUE(copy == expected.weights) << config.Name() << ", a copy of the weights";
  }
}

TEST(EmulatedDefinition, ContributionsOfEveryTypeAlignedToTheirElements) {
  std::mt19937 random(54);
  for (DType dtype : {DType::kBf16, DType::kFp16, DType::kFp32}) {
    for (DType reduced : {DType::kBf16, DType::kFp32}) {
      for (const UpdateConfig& config :
           {UpdateConfig{.optimizer = Optimizer::kLion, .gradient_dtype = reduced},
            UpdateConfig{
                .codec = StateCodec::kFlash, .dtype = DType::kFp16, .gradient_dtype = reduced},
            UpdateConfig{.codec = StateCodec::kFp32,
            .dtype = DType::kFp32,
            .master = MasterFormat::kNone,
            .gradient_dtype = reduced}}) {
        for (std::size_t offset_bytes : {std::size_t{0}, DTypeBytes(dtype)}) {
          ExpectSameFused({config, dtype, offset_bytes}, random);
          ASSERT_FALSE(testing::Test::HasFailure())
              << DTypeName(dtype) << ", " << offset_bytes << " bytes from an aligned address";
        }
      }
    }
  }
}

}  // namespace
}  // namespace zerod
