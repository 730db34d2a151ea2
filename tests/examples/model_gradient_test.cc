#include <cmath>
#include <set>

#include "examples/train_lm/blas.h"
#include "examples/train_lm/initial_values.h"
#include "examples/train_lm/model.h"
#include "examples/train_lm/random.h"
#include "gtest/gtest.h"
#include "tests/examples/flat_port.h"

namespace zerod::train_lm {
namespace {

Batch RandomBatch(int sequences, int context) {
  Random random({7});
  Batch batch{.sequences = sequences};
  for (int i = 0; i < sequences * context; ++i) {
    batch.inputs.push_back(static_cast<std::uint8_t>(random.Below(256)));
    batch.targets.push_back(static_cast<std::uint8_t>(random.Below(256)));
  }
  return batch;
}

class ModelGradientTest : public testing::TestWithParam<bool> {
 protected:
  ModelGradientTest() { UseOneBlasThread(); }

  // Far from the small initial values, so that every path carries a gradient well above the noise
  // of fp32.
  std::vector<float> RoughWeights() {
    std::vector<float> weights = InitialValues(config_, table_, 3);
    Random random({11});
    for (float& weight : weights) weight += static_cast<float>(0.1 * random.Normal());
    return weights;
  }

  double LossAt(const std::vector<float>& weights) {
    FlatPort port(table_, weights);
    return model_.Forward(batch_, port).value();
  }

  const ModelConfig config_{
      .layers = 2, .width = 8, .heads = 2, .context = 6, .tied_head = GetParam()};
  const Batch batch_ = RandomBatch(3, 6);
  Model model_{config_, 4};
  const ParameterTable& table_ = model_.parameters();
};

// The slope along a direction, from the loss on both sides of a point, against its prediction by
// the gradient.
TEST_P(ModelGradientTest, AgreesWithDifferencesOfTheLossForEveryParameter) {
  const std::vector<float> weights = RoughWeights();
  FlatPort port(table_, weights);
  ASSERT_TRUE(model_.Forward(batch_, port).ok());
  ASSERT_TRUE(model_.Backward(batch_, port).ok());
  Random random({13});
  for (const Parameter& parameter : table_.all) {
    for (const bool along_gradient : {true, false}) {
      std::vector<double> direction(parameter.count);
      double norm = 0.0;
      for (std::size_t i = 0; i < parameter.count; ++i) {
        direction[i] = along_gradient ? port.gradients[parameter.offset + i] : random.Normal();
        norm += direction[i] * direction[i];
      }
      norm = std::sqrt(norm);
      ASSERT_GT(norm, 0.0) << parameter.name;
      constexpr double kReach = 0.02;
      std::vector<float> up = weights, down = weights;
      double predicted = 0.0;
      for (std::size_t i = 0; i < parameter.count; ++i) {
        const double step = direction[i] / norm;
        predicted += step * port.gradients[parameter.offset + i];
        up[parameter.offset + i] += static_cast<float>(kReach * step);
        down[parameter.offset + i] -= static_cast<float>(kReach * step);
      }
      const double measured = (LossAt(up) - LossAt(down)) / (2 * kReach);
      EXPECT_NEAR(predicted, measured, 1e-4 + 0.01 * std::abs(measured))
          << parameter.name << (along_gradient ? " along its gradient" : " at random");
    }
  }
}

TEST_P(ModelGradientTest, HandsOverEveryParameterOnce) {
  FlatPort port(table_, RoughWeights());
  ASSERT_TRUE(model_.Forward(batch_, port).ok());
  ASSERT_TRUE(model_.Backward(batch_, port).ok());
  EXPECT_EQ(port.ready.size(), table_.all.size());
  EXPECT_EQ(std::set<std::size_t>(port.ready.begin(), port.ready.end()).size(), table_.all.size());
}

TEST_P(ModelGradientTest, BeginsAtTheLossOfAUniformGuess) {
  EXPECT_NEAR(LossAt(InitialValues(config_, table_, 3)), std::log(256.0), 0.05);
}

INSTANTIATE_TEST_SUITE_P(Head, ModelGradientTest, testing::Values(true, false),
                         [](const auto& info) { return info.param ? "Tied" : "Untied"; });

}  // namespace
}  // namespace zerod::train_lm
