#include "zerod/kernels/optimizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "kernels/update_rule.h"

namespace zerod {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr Optimizer kOptimizers[] = {Optimizer::kAdamW, Optimizer::kAdam, Optimizer::kSgdW,
                                     Optimizer::kSgd, Optimizer::kLion};

// `name` is refused, and no other one is named.
void ExpectRejected(Optimizer optimizer, const Hyperparameters& hyperparameters, const char* name) {
  const absl::Status status = Validate(optimizer, hyperparameters);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument)
      << OptimizerName(optimizer) << ", " << name;
  EXPECT_THAT(std::string(status.message()), StartsWith(std::string(name) + " is "))
      << OptimizerName(optimizer);
}

TEST(Optimizer, NamesParseBack) {
  for (Optimizer optimizer : kOptimizers) {
    EXPECT_EQ(ParseOptimizer(OptimizerName(optimizer)).value(), optimizer);
  }
  EXPECT_EQ(ParseOptimizer("AdamW").status().message(),
            "optimizer 'AdamW' is not adamw, adam, sgdw, sgd or lion");
}

// Persisted: see the header.
TEST(Optimizer, NumbersNeverChange) {
  EXPECT_EQ(static_cast<int>(Optimizer::kAdamW), 1);
  EXPECT_EQ(static_cast<int>(Optimizer::kAdam), 2);
  EXPECT_EQ(static_cast<int>(Optimizer::kSgdW), 3);
  EXPECT_EQ(static_cast<int>(Optimizer::kSgd), 4);
  EXPECT_EQ(static_cast<int>(Optimizer::kLion), 5);
}

TEST(Optimizer, RulesKeepWhatTheyNeed) {
  for (bool momentum : {false, true}) {
    EXPECT_EQ(RuleOf(Optimizer::kAdamW, momentum), UpdateRule::kAdam);
    EXPECT_EQ(RuleOf(Optimizer::kAdam, momentum), UpdateRule::kAdam);
    EXPECT_EQ(RuleOf(Optimizer::kLion, momentum), UpdateRule::kLion);
    const UpdateRule sgd = momentum ? UpdateRule::kMomentum : UpdateRule::kGradient;
    EXPECT_EQ(RuleOf(Optimizer::kSgd, momentum), sgd);
    EXPECT_EQ(RuleOf(Optimizer::kSgdW, momentum), sgd);
  }
  EXPECT_EQ(MomentCount(UpdateRule::kAdam), 2u);
  EXPECT_EQ(MomentCount(UpdateRule::kLion), 1u);
  EXPECT_EQ(MomentCount(UpdateRule::kMomentum), 1u);
  EXPECT_EQ(MomentCount(UpdateRule::kGradient), 0u);
}

TEST(Hyperparameters, DefaultsAndEdgesAreValid) {
  for (Optimizer optimizer : kOptimizers) {
    EXPECT_TRUE(Validate(optimizer, {}).ok()) << OptimizerName(optimizer);
    EXPECT_TRUE(Validate(optimizer, {.lr = 0}).ok()) << OptimizerName(optimizer);
    EXPECT_TRUE(Validate(optimizer, {.lr = 1.0, .weight_decay = 1.0}).ok())
        << OptimizerName(optimizer);
  }
  EXPECT_TRUE(Validate(Optimizer::kAdamW, {.beta1 = 0, .beta2 = 0, .eps = 1.2e-38}).ok());
  EXPECT_TRUE(Validate(Optimizer::kSgd, {.momentum = 0.99, .nesterov = true}).ok());
}

// What is below 1 in binary64 alone would never decay; what is above 0 there alone divides by 0.
TEST(Hyperparameters, ValuesMustBeInRangeInBinary32) {
  ExpectRejected(Optimizer::kAdamW, {.beta2 = 1 - 1e-9}, "beta2");
  ExpectRejected(Optimizer::kSgd, {.momentum = 1 - 1e-9}, "momentum");
  ExpectRejected(Optimizer::kAdamW, {.initial_lr = 5e-324}, "initial_lr");
  ExpectRejected(Optimizer::kLion, {.lr = 1, .weight_decay = 1, .initial_lr = 0.1}, "weight_decay");
}

// The first step's size would be infinite, and 0 times it no number.
TEST(Hyperparameters, AStepSizeBeyondBinary32IsRefused) {
  ExpectRejected(Optimizer::kAdamW, {.lr = 1e38, .beta1 = 0.999}, "lr");
  EXPECT_TRUE(Validate(Optimizer::kAdamW, {.lr = 1e38, .beta1 = 0.5}).ok());
}

TEST(Hyperparameters, TheFirstBadOneIsNamed) {
  for (Optimizer optimizer : kOptimizers) {
    for (double bad : {-1.0, kInfinity, std::nan(""), 1e39}) {
      ExpectRejected(optimizer, {.lr = bad}, "lr");
      ExpectRejected(optimizer, {.eps = bad}, "eps");
      ExpectRejected(optimizer, {.weight_decay = bad}, "weight_decay");
      ExpectRejected(optimizer, {.initial_lr = bad}, "initial_lr");
    }
    for (double bad : {-0.1, 1.0, kInfinity, std::nan("")}) {
      ExpectRejected(optimizer, {.beta1 = bad}, "beta1");
      ExpectRejected(optimizer, {.beta2 = bad}, "beta2");
      ExpectRejected(optimizer, {.momentum = bad}, "momentum");
    }
    ExpectRejected(optimizer, {.eps = 0.0}, "eps");
    ExpectRejected(optimizer, {.eps = 1e-46}, "eps");  // 0 in binary32
    ExpectRejected(optimizer, {.eps = 1e-38}, "eps");  // subnormal there
  }
}

// A decay that would flip signs; where it is part of the gradient, it can't be told from its size.
TEST(Hyperparameters, DecoupledDecayIsAtMostTheWholeWeight) {
  for (Optimizer optimizer : {Optimizer::kAdamW, Optimizer::kSgdW, Optimizer::kLion}) {
    ExpectRejected(optimizer, {.lr = 0.1, .weight_decay = 11.0}, "weight_decay");
    EXPECT_THAT(std::string(Validate(optimizer, {.lr = 0.1, .weight_decay = 11.0}).message()),
                HasSubstr("at most 1 / lr, which is 10"));
    const Hyperparameters relative = {.lr = 0.1, .weight_decay = 0.6, .initial_lr = 0.05};
    ExpectRejected(optimizer, relative, "weight_decay");
    EXPECT_THAT(std::string(Validate(optimizer, relative).message()),
                HasSubstr("at most initial_lr / lr, which is 0.5"));
    EXPECT_TRUE(Validate(optimizer, {.lr = 0.1, .weight_decay = 0.5, .initial_lr = 0.05}).ok());
  }
  for (Optimizer optimizer : {Optimizer::kAdam, Optimizer::kSgd}) {
    EXPECT_TRUE(Validate(optimizer, {.lr = 0.1, .weight_decay = 11.0}).ok());
  }
}

TEST(Hyperparameters, WhatAnOptimizerLacksIsRefusedByName) {
  for (Optimizer optimizer : {Optimizer::kSgd, Optimizer::kSgdW}) {
    ExpectRejected(optimizer, {.beta1 = 0.8}, "beta1");
    ExpectRejected(optimizer, {.beta2 = 0.8}, "beta2");
    ExpectRejected(optimizer, {.eps = 1e-6}, "eps");
    EXPECT_TRUE(Validate(optimizer, {.momentum = 0.8}).ok());
  }
  for (Optimizer optimizer : {Optimizer::kAdamW, Optimizer::kAdam, Optimizer::kLion}) {
    ExpectRejected(optimizer, {.momentum = 0.9}, "momentum");
    ExpectRejected(optimizer, {.nesterov = true}, "nesterov");
    EXPECT_TRUE(Validate(optimizer, {.beta1 = 0.8, .beta2 = 0.8}).ok());
  }
  ExpectRejected(Optimizer::kLion, {.eps = 1e-6}, "eps");
  EXPECT_TRUE(Validate(Optimizer::kAdam, {.eps = 1e-6}).ok());
  for (Optimizer optimizer : {Optimizer::kAdam, Optimizer::kSgd}) {
    ExpectRejected(optimizer, {.initial_lr = 0.1}, "initial_lr");
  }
  for (Optimizer optimizer : {Optimizer::kAdamW, Optimizer::kSgdW, Optimizer::kLion}) {
    EXPECT_TRUE(Validate(optimizer, {.initial_lr = 0.1}).ok()) << OptimizerName(optimizer);
  }
}

TEST(Hyperparameters, RefusalsSayWhatToDo) {
  EXPECT_EQ(Validate(Optimizer::kLion, {.eps = 1e-6}).message(),
            "eps is 1e-06; lion has none: leave it at its default");
  EXPECT_EQ(Validate(Optimizer::kAdamW, {.nesterov = true}).message(),
            "nesterov is set; adamw has none: leave it out");
  EXPECT_EQ(Validate(Optimizer::kAdamW, {.lr = 1e39}).message(),
            "lr is 1e+39; it must be finite in binary32 (at most 3.4e38) and not negative");
  EXPECT_THAT(std::string(Validate(Optimizer::kSgd, {.initial_lr = 0.1}).message()),
              HasSubstr("sgd"));
}

TEST(Hyperparameters, NesterovNeedsMomentum) {
  for (Optimizer optimizer : {Optimizer::kSgd, Optimizer::kSgdW}) {
    ExpectRejected(optimizer, {.nesterov = true}, "momentum");
    EXPECT_TRUE(Validate(optimizer, {.momentum = 0.9, .nesterov = true}).ok());
  }
}

}  // namespace
}  // namespace zerod
