#include "zerod/base/dtype.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace zerod {
namespace {

TEST(DType, NamesRoundTrip) {
  for (DType dtype : {DType::kBf16, DType::kFp32, DType::kFp16}) {
    EXPECT_EQ(*ParseDType(DTypeName(dtype)), dtype);
  }
}

TEST(DType, AnUnknownNameIsNamed) {
  EXPECT_THAT(std::string(ParseDType("fp8").status().message()), testing::HasSubstr("'fp8'"));
}

// Persisted and sent: see the header.
TEST(DType, NumbersNeverChange) {
  EXPECT_EQ(static_cast<int>(DType::kBf16), 1);
  EXPECT_EQ(static_cast<int>(DType::kFp32), 2);
  EXPECT_EQ(static_cast<int>(DType::kFp16), 3);
}

TEST(DType, HalvesHaveTwoBytes) {
  EXPECT_EQ(DTypeBytes(DType::kBf16), 2u);
  EXPECT_EQ(DTypeBytes(DType::kFp16), 2u);
  EXPECT_EQ(DTypeBytes(DType::kFp32), 4u);
}

}  // namespace
}  // namespace zerod
