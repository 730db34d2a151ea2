#include "examples/train_lm/fp32_optimizer.h"

#include <cmath>
#include <thread>

#include "examples/train_lm/adamw_fp32.h"
#include "examples/train_lm/bf16.h"
#include "examples/train_lm/schedule.h"
#include "gtest/gtest.h"

namespace zerod::train_lm {
namespace {

TEST(AdamWFp32Test, TwoStepsByHand) {
  const OptimizerSettings settings{
      .beta1 = 0.9, .beta2 = 0.99, .eps = 1e-8, .weight_decay = 0.1, .max_gradient_norm = 0};
  float weight = 2.0f, m = 0.0f, v = 0.0f;
  const float gradient = 0.5f;
  const AdamWTensors tensors{{&weight, 1}, {&gradient, 1}, {&m, 1}, {&v, 1}};
  UpdateAdamWFp32(settings, {.update = 1, .learning_rate = 0.1, .weight_decay = 0.1}, tensors);
  // The first update is lr * g / |g|: 2 * (1 - 0.01) - 0.1.
  EXPECT_NEAR(weight, 1.88, 1e-6);
  EXPECT_NEAR(m, 0.05, 1e-8);
  EXPECT_NEAR(v, 0.0025, 1e-9);
  UpdateAdamWFp32(
      settings, {.update = 2, .learning_rate = 0.1, .weight_decay = 0.0, .gradient_factor = -2.0f},
      tensors);
  // g = -1: m = 0.045 - 0.1 = -0.055, v = 0.002475 + 0.01 = 0.012475; m / 0.19, v / 0.0199.
  EXPECT_NEAR(m, -0.055, 1e-8);
  EXPECT_NEAR(v, 0.012475, 1e-8);
  EXPECT_NEAR(weight, 1.88 + 0.1 * (0.055 / 0.19) / std::sqrt(0.012475 / 0.0199), 1e-6);
}

class Fp32OptimizerTest : public testing::Test {
 protected:
  // One step in which trainer t's gradient is t + 1 everywhere, times its micro-batch's number.
  std::vector<std::vector<float>> WeightsAfterAStep(int trainers, OptimizerSettings settings) {
    const std::vector<float> initial(table_.element_count, 1.0f);
    Fp32Optimizer optimizer(trainers, settings, table_, initial);
    std::vector<std::unique_ptr<TrainerSeat>> seats;
    for (int t = 0; t < trainers; ++t) seats.push_back(optimizer.Attach(t).value());
    std::vector<std::vector<float>> weights(trainers);
    std::vector<std::thread> threads;
    for (int t = 0; t < trainers; ++t) {
      threads.emplace_back([&, t] {
        for (int micro = 1; micro <= settings.micro_batches; ++micro) {
          EXPECT_TRUE(seats[t]->BeginGradients().ok());
          for (std::size_t i = 0; i < table_.all.size(); ++i) {
            std::fill_n(seats[t]->Gradient(i), table_.all[i].count,
                        static_cast<float>((t + 1) * micro));
            EXPECT_TRUE(seats[t]->GradientReady(i).ok());
          }
        }
        const StepReport report = seats[t]->Step(0.25).value();
        norms_.at(t) = report.gradient_norm;
        for (std::size_t i = 0; i < table_.all.size(); ++i) {
          const float* from = seats[t]->Weights(i).value();
          weights[t].insert(weights[t].end(), from, from + table_.all[i].count);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    return weights;
  }

  const ParameterTable table_{{.layers = 1, .width = 4, .heads = 1, .context = 2}};
  std::array<double, 4> norms_{};
};

TEST_F(Fp32OptimizerTest, AveragesOverTrainersAndMicroBatchesAndAllReplicasAgree) {
  const auto weights = WeightsAfterAStep(3, {.weight_decay = 0, .micro_batches = 2});
  EXPECT_EQ(weights[0], weights[1]);
  EXPECT_EQ(weights[0], weights[2]);
  // (1 + 2 + 3) / 3 trainers * (1 + 2) / 2 micro-batches = 3 everywhere.
  EXPECT_NEAR(norms_[0], 3.0 * std::sqrt(table_.element_count), 1e-3);
  EXPECT_EQ(norms_[0], norms_[2]);
  for (const float weight : weights[0]) EXPECT_NEAR(weight, 0.75, 1e-5);
}

TEST_F(Fp32OptimizerTest, DecaysMatricesOnly) {
  const std::vector<float> weights = WeightsAfterAStep(1, {.weight_decay = 0.4})[0];
  for (const Parameter& parameter : table_.all) {
    EXPECT_NEAR(weights[parameter.offset], parameter.shape.size() < 2 ? 0.75 : 0.65, 1e-5)
        << parameter.name;
  }
}

TEST_F(Fp32OptimizerTest, SkipsAStepWithAGradientThatIsNotFinite) {
  Fp32Optimizer optimizer(1, {}, table_, std::vector<float>(table_.element_count, 1.0f));
  auto seat = optimizer.Attach(0).value();
  ASSERT_TRUE(seat->BeginGradients().ok());
  seat->Gradient(3)[0] = INFINITY;
  EXPECT_TRUE(seat->Step(0.1).value().skipped);
  EXPECT_EQ(seat->Weights(0).value()[0], 1.0f);
  EXPECT_EQ(optimizer.Usage()->skipped_steps, 1u);
  EXPECT_EQ(optimizer.Usage()->last_updated_step, 0u);
}

TEST_F(Fp32OptimizerTest, HoldsSixteenBytesAParameterAndMovesWhatARingMoves) {
  Fp32Optimizer optimizer(2, {}, table_, std::vector<float>(table_.element_count, 1.0f));
  {
    std::vector<std::unique_ptr<TrainerSeat>> seats;
    for (int t = 0; t < 2; ++t) seats.push_back(optimizer.Attach(t).value());
    std::thread other([&] { EXPECT_TRUE(seats[1]->Step(0.1).ok()); });
    EXPECT_TRUE(seats[0]->Step(0.1).ok());
    other.join();
  }
  const OptimizerUsage usage = *optimizer.Usage();
  for (const RankUsage& rank : usage.ranks) {
    std::uint64_t bytes = 0;
    for (const auto& [kind, of_kind] : rank.bytes_by_kind) bytes += of_kind;
    EXPECT_EQ(bytes, 16 * table_.element_count);
    EXPECT_EQ(rank.optimizer_state_bytes, 8 * table_.element_count);
    EXPECT_NEAR(rank.sent_bytes, 4 * table_.element_count, 8);
  }
}

TEST_F(Fp32OptimizerTest, WhoLeavesReleasesTheOthers) {
  Fp32Optimizer optimizer(2, {}, table_, std::vector<float>(table_.element_count, 1.0f));
  auto staying = optimizer.Attach(0).value();
  auto leaving = optimizer.Attach(1).value();
  std::thread other([&] { leaving.reset(); });
  EXPECT_TRUE(absl::IsAborted(staying->Step(0.1).status()));
  other.join();
}

TEST(ScheduleTest, WarmsUpThenFallsToATenth) {
  const Schedule schedule{.peak = 1.0, .warmup_steps = 10, .steps = 110};
  EXPECT_DOUBLE_EQ(LearningRate(schedule, 1), 0.1);
  EXPECT_DOUBLE_EQ(LearningRate(schedule, 10), 1.0);
  EXPECT_NEAR(LearningRate(schedule, 60), 0.55, 1e-12);
  EXPECT_NEAR(LearningRate(schedule, 110), 0.1, 1e-12);
  EXPECT_NEAR(LearningRate({.peak = 1.0, .warmup_steps = 0, .steps = 4}, 4), 0.1, 1e-12);
}

TEST(Bf16Test, RoundsToNearestEven) {
  const float values[] = {1.0f, 1.0f + 0x1p-8f, 1.0f + 0x3p-8f, 1.0f + 0x1.8p-8f, -0.0f,
                          NAN,  INFINITY};
  std::uint16_t rounded[7];
  RoundToBf16(7, values, rounded);
  float back[7];
  WidenBf16(7, rounded, back);
  EXPECT_EQ(back[0], 1.0f);
  EXPECT_EQ(back[1], 1.0f) << "a tie goes to the even neighbour";
  EXPECT_EQ(back[2], 1.0f + 0x4p-8f);
  EXPECT_EQ(back[3], 1.0f + 0x1p-7f);
  EXPECT_TRUE(std::signbit(back[4]));
  EXPECT_TRUE(std::isnan(back[5]));
  EXPECT_EQ(back[6], INFINITY);
}

}  // namespace
}  // namespace zerod::train_lm
