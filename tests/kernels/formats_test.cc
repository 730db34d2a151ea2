#include "zerod/kernels/formats.h"

#include <gtest/gtest.h>

namespace zerod {
namespace {

TEST(Formats, NamesParseBack) {
  for (StateCodec codec : {StateCodec::kFp32, StateCodec::kFlash, StateCodec::kRobust}) {
    EXPECT_EQ(ParseStateCodec(StateCodecName(codec)).value(), codec);
  }
  for (MasterFormat format : {MasterFormat::kNone, MasterFormat::k24, MasterFormat::k32}) {
    EXPECT_EQ(ParseMasterFormat(MasterFormatName(format)).value(), format);
  }
  for (MasterRounding rounding : {MasterRounding::kNearest, MasterRounding::kStochastic}) {
    EXPECT_EQ(ParseMasterRounding(MasterRoundingName(rounding)).value(), rounding);
  }
}

TEST(Formats, ErrorsNameTheText) {
  EXPECT_EQ(ParseStateCodec("robst").status().message(),
            "state codec 'robst' is not fp32, flash or robust");
  EXPECT_EQ(ParseMasterFormat("16").status().message(), "master format '16' is not none, 24 or 32");
  EXPECT_EQ(ParseMasterRounding("even").status().message(),
            "master rounding 'even' is not nearest or stochastic");
}

// Persisted: see the header.
TEST(Formats, NumbersNeverChange) {
  EXPECT_EQ(static_cast<int>(StateCodec::kFp32), 1);
  EXPECT_EQ(static_cast<int>(StateCodec::kFlash), 2);
  EXPECT_EQ(static_cast<int>(StateCodec::kRobust), 3);
  EXPECT_EQ(static_cast<int>(MasterFormat::kNone), 1);
  EXPECT_EQ(static_cast<int>(MasterFormat::k24), 2);
  EXPECT_EQ(static_cast<int>(MasterFormat::k32), 3);
  EXPECT_EQ(static_cast<int>(MasterRounding::kNearest), 1);
  EXPECT_EQ(static_cast<int>(MasterRounding::kStochastic), 2);
}

}  // namespace
}  // namespace zerod
