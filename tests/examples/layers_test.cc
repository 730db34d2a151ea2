#include <cmath>
#include <functional>
#include <vector>

#include "examples/train_lm/attention.h"
#include "examples/train_lm/blas.h"
#include "examples/train_lm/cross_entropy.h"
#include "examples/train_lm/gelu.h"
#include "examples/train_lm/layer_norm.h"
#include "examples/train_lm/linear.h"
#include "examples/train_lm/random.h"
#include "examples/train_lm/row_math.h"
#include "gtest/gtest.h"

namespace zerod::train_lm {
namespace {

std::vector<float> RandomValues(std::size_t count, std::uint64_t seed) {
  Random random({seed});
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random.Normal());
  return values;
}

double Weighted(const std::vector<float>& y, const std::vector<float>& weights) {
  double sum = 0.0;
  for (std::size_t i = 0; i < y.size(); ++i) sum += static_cast<double>(y[i]) * weights[i];
  return sum;
}

// `gradient` must be that of `loss` at `x`, element by element.
void ExpectGradient(std::vector<float> x, const std::vector<float>& gradient,
                    const std::function<double(const std::vector<float>&)>& loss) {
  ASSERT_EQ(x.size(), gradient.size());
  constexpr float kReach = 0.01f;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const float at = x[i];
    x[i] = at + kReach;
    const double up = loss(x);
    x[i] = at - kReach;
    const double down = loss(x);
    x[i] = at;
    EXPECT_NEAR(gradient[i], (up - down) / (2 * kReach), 2e-3 + 0.01 * std::abs(gradient[i]))
        << "element " << i;
  }
}

TEST(RowMathTest, ExpIsWithinAFewUlp) {
  for (float x = -86.0f; x < 87.0f; x += 0.0137f) {
    EXPECT_NEAR(Exp(x) / std::exp(static_cast<double>(x)), 1.0, 3e-7) << x;
  }
  EXPECT_TRUE(std::isnan(Exp(NAN)));
  EXPECT_LT(Exp(-1e30f), 1e-37f);
  EXPECT_EQ(Exp(0.0f), 1.0f);
}

TEST(RowMathTest, SumsAndMaximaCoverEveryTail) {
  const std::vector<float> x = RandomValues(70, 1);
  for (int count = 1; count <= 70; ++count) {
    double sum = 0.0, dot = 0.0;
    float max = x[0];
    for (int i = 0; i < count; ++i) {
      sum += x[i];
      dot += static_cast<double>(x[i]) * x[i];
      max = std::max(max, x[i]);
    }
    EXPECT_NEAR(Sum(x.data(), count), sum, 1e-5);
    EXPECT_NEAR(Dot(x.data(), x.data(), count), dot, 1e-4);
    EXPECT_EQ(Max(x.data(), count), max);
  }
}

TEST(LinearTest, GradientsAgreeWithDifferences) {
  UseOneBlasThread();
  const LinearShape shape{.rows = 3, .inputs = 4, .outputs = 5};
  const auto x = RandomValues(12, 1), weight = RandomValues(20, 2), bias = RandomValues(5, 3);
  const auto dy = RandomValues(15, 4);
  auto loss = [&](const auto& x, const auto& weight, const auto& bias) {
    std::vector<float> y(15);
    LinearForward(shape, {weight.data(), bias.data()}, x.data(), y.data());
    return Weighted(y, dy);
  };
  std::vector<float> dx(12), dw(20), db(5);
  LinearParametersBackward(shape, x.data(), dy.data(), {dw.data(), db.data()});
  LinearInputBackward(shape, weight.data(), dy.data(), dx.data());
  ExpectGradient(x, dx, [&](const auto& at) { return loss(at, weight, bias); });
  ExpectGradient(weight, dw, [&](const auto& at) { return loss(x, at, bias); });
  ExpectGradient(bias, db, [&](const auto& at) { return loss(x, weight, at); });
}

TEST(LayerNormTest, GradientsAgreeWithDifferencesAndAreAddedToTheStream) {
  const LayerNormShape shape{.rows = 3, .width = 7};
  const auto x = RandomValues(21, 1), weight = RandomValues(7, 2), bias = RandomValues(7, 3);
  const auto dy = RandomValues(21, 4);
  std::vector<float> mean(3), inverse(3);
  auto loss = [&](const auto& x, const auto& weight, const auto& bias) {
    std::vector<float> y(21);
    LayerNormForward(shape, {.weight = weight.data(),
                             .bias = bias.data(),
                             .x = x.data(),
                             .y = y.data(),
                             .statistics = {mean.data(), inverse.data()}});
    return Weighted(y, dy);
  };
  loss(x, weight, bias);
  std::vector<float> dx(21, 1.0f), dw(7), db(7);
  LayerNormBackward(shape, {.weight = weight.data(),
                            .x = x.data(),
                            .statistics = {mean.data(), inverse.data()},
                            .y_gradient = dy.data(),
                            .x_gradient = dx.data(),
                            .weight_gradient = dw.data(),
                            .bias_gradient = db.data()});
  for (float& value : dx) value -= 1.0f;
  ExpectGradient(x, dx, [&](const auto& at) { return loss(at, weight, bias); });
  ExpectGradient(weight, dw, [&](const auto& at) { return loss(x, at, bias); });
  ExpectGradient(bias, db, [&](const auto& at) { return loss(x, weight, at); });
}

TEST(GeluTest, MatchesItsDefinitionAndItsDifferences) {
  const auto x = RandomValues(37, 1), dy = RandomValues(37, 2);
  auto forward = [](std::vector<float>& x_to_slope) {
    std::vector<float> y(37);
    GeluForward(37, x_to_slope.data(), y.data());
    return y;
  };
  std::vector<float> slope = x;
  const std::vector<float> y = forward(slope);
  for (int i = 0; i < 37; ++i) {
    const double u = std::sqrt(2.0 / M_PI) * (x[i] + 0.044715 * std::pow(x[i], 3));
    EXPECT_NEAR(y[i], 0.5 * x[i] * (1.0 + std::tanh(u)), 1e-6);
  }
  std::vector<float> dx = dy;
  GeluBackward(37, slope.data(), dx.data());
  ExpectGradient(x, dx, [&](std::vector<float> at) { return Weighted(forward(at), dy); });
}

class AttentionTest : public testing::Test {
 protected:
  AttentionTest() { UseOneBlasThread(); }

  std::vector<float> Forward(const std::vector<float>& qkv) {
    std::vector<float> output(2 * 5 * 6);
    AttentionForward(shape_, qkv.data(), probabilities_.data(), output.data());
    return output;
  }

  const AttentionShape shape_{.sequences = 2, .context = 5, .heads = 2, .width = 6};
  const std::vector<float> qkv_ = RandomValues(2 * 5 * 18, 1);
  std::vector<float> probabilities_ = std::vector<float>(shape_.probability_count());
};

TEST_F(AttentionTest, GradientAgreesWithDifferences) {
  const auto dy = RandomValues(60, 2);
  Forward(qkv_);
  std::vector<float> dqkv(qkv_.size()), scratch(25);
  AttentionBackward(shape_, {.qkv = qkv_.data(),
                             .probabilities = probabilities_.data(),
                             .output_gradient = dy.data(),
                             .qkv_gradient = dqkv.data(),
                             .scratch = scratch.data()});
  ExpectGradient(qkv_, dqkv, [&](const auto& at) { return Weighted(Forward(at), dy); });
}

TEST_F(AttentionTest, SeesNothingLaterAndNoOtherSequence) {
  const std::vector<float> before = Forward(qkv_);
  std::vector<float> changed = qkv_;
  for (int i = 3 * 18; i < 5 * 18; ++i) changed[i] += 1.0f;  // tokens 3 and 4 of sequence 0
  const std::vector<float> after = Forward(changed);
  for (int token = 0; token < 10; ++token) {
    for (int i = token * 6; i < token * 6 + 6; ++i) {
      if (token == 3 || token == 4) {
        EXPECT_NE(before[i], after[i]) << token;
      } else {
        EXPECT_EQ(before[i], after[i]) << token;
      }
    }
  }
}

TEST(CrossEntropyTest, LossAndGradientAgreeWithTheDefinition) {
  const std::vector<std::uint8_t> targets = {1, 3, 0};
  const auto logits = RandomValues(3 * 5, 1);
  auto loss = [&](const std::vector<float>& logits) {
    double sum = 0.0;
    for (int row = 0; row < 3; ++row) {
      double total = 0.0;
      for (int c = 0; c < 5; ++c) total += std::exp(static_cast<double>(logits[row * 5 + c]));
      sum += std::log(total) - logits[row * 5 + targets[row]];
    }
    return sum / 3;
  };
  std::vector<float> gradient = logits;
  EXPECT_NEAR(CrossEntropy(5, targets, gradient.data()), loss(logits), 1e-6);
  ExpectGradient(logits, gradient, loss);
}

}  // namespace
}  // namespace zerod::train_lm
