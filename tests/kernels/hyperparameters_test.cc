#include "zerod/kernels/hyperparameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace zerod {
namespace {

using ::testing::HasSubstr;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

void ExpectRejected(const AdamWHyperparameters& hyperparameters, const char* name) {
  const absl::Status status = Validate(hyperparameters);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << name;
  EXPECT_THAT(std::string(status.message()), HasSubstr(std::string(name) + " is "));
}

TEST(Hyperparameters, DefaultsAndEdgesAreValid) {
  EXPECT_TRUE(Validate(AdamWHyperparameters{}).ok());
  EXPECT_TRUE(Validate({.lr = 0, .beta1 = 0, .beta2 = 0, .eps = 1e-45}).ok());
  EXPECT_TRUE(Validate({.lr = 1.0, .weight_decay = 1.0}).ok());
}

TEST(Hyperparameters, TheFirstBadOneIsNamed) {
  for (double bad : {-1.0, kInfinity, std::nan(""), 1e39}) {
    ExpectRejected({.lr = bad}, "lr");
    ExpectRejected({.eps = bad}, "eps");
    ExpectRejected({.weight_decay = bad}, "weight_decay");
  }
  for (double bad : {-0.1, 1.0, kInfinity, std::nan("")}) {
    ExpectRejected({.beta1 = bad}, "beta1");
    ExpectRejected({.beta2 = bad}, "beta2");
  }
  ExpectRejected({.eps = 0.0}, "eps");
  ExpectRejected({.eps = 1e-46}, "eps");  // 0 in binary32
  ExpectRejected({.lr = 0.1, .weight_decay = 11.0}, "weight_decay");
}

}  // namespace
}  // namespace zerod
