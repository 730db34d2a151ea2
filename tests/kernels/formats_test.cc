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
}

TEST(Formats, ErrorsNameTheText) {
  EXPECT_EQ(ParseStateCodec("robst").status().message(),
            "state codec 'robst' is not fp32, flash or robust");
  EXPECT_EQ(ParseMasterFormat("16").status().message(), "master format '16' is not none, 24 or 32");
}

// Persisted: see the header.
TEST(Formats, NumbersNeverChange) {
  EXPECT_EQ(static_cast<int>(StateCodec::kFp32), 1);
  EXPECT_EQ(static_cast<int>(StateCodec::kFlash), 2);
  EXPECT_EQ(static_cast<int>(StateCodec::kRobust), 3);
  EXPECT_EQ(static_cast<int>(MasterFormat::kNone), 1);
  EXPECT_EQ(static_cast<int>(MasterFormat::k24), 2);
  EXPECT_EQ(static_cast<int>(MasterFormat::k32), 3);
}

}  // namespace
}  // namespace zerod
