#include "zerod/base/dtype.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace zerod {
namespace {

TEST(DType, NamesRoundTrip) {
  for (DType dtype : {DType::kBf16, DType::kFp32}) {
    EXPECT_EQ(*ParseDType(DTypeName(dtype)), dtype);
  }
}

TEST(DType, AnUnknownNameIsNamed) {
  EXPECT_THAT(std::string(ParseDType("fp8").status().message()), testing::HasSubstr("'fp8'"));
}

}  // namespace
}  // namespace zerod
