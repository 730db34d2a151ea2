#include "gtest/gtest.h"
#include "proto/convert.h"
#include "proto/limits.h"
#include "proto/protocol_version.h"
#include "proto/utf8.h"

namespace zerod {
namespace {

TEST(StatusConversion, EveryCodeRoundTrips) {
  for (int code = 0; code <= 16; ++code) {
    const absl::Status status(static_cast<absl::StatusCode>(code), code == 0 ? "" : "why");
    EXPECT_EQ(FromGrpcStatus(ToGrpcStatus(status)), status);
    EXPECT_EQ(ToGrpcStatus(status).error_code(), code);
    EXPECT_EQ(StatusFromCode(code, "why").raw_code(), code);
  }
}

TEST(StatusConversion, ForeignCodes) {
  for (const int code : {-1, 17, 1 << 30}) {
    const absl::Status status = StatusFromCode(code, "why");
    EXPECT_EQ(status.code(), absl::StatusCode::kUnknown);
    EXPECT_EQ(status.message(), "why");
  }
}

TEST(StatusConversion, LongMessagesAreCutBetweenCharacters) {
  const std::string message = std::string(kMaxMessageBytes - 1, 'x') + "ö";
  const grpc::Status status = ToGrpcStatus(absl::InternalError(message));
  EXPECT_EQ(status.error_message(), std::string(kMaxMessageBytes - 1, 'x'));
}

TEST(Utf8, AcceptsCharactersAndRefusesTheRest) {
  for (const char* text : {"", "plain", "größe", "\u20ac", "\U0001f600", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(IsUtf8(text)) << text;
    EXPECT_EQ(MendUtf8(text, 100), text);
  }
  // A lone continuation, an overlong '/', a surrogate, beyond U+10FFFF, and characters cut short.
  for (const char* text : {"\x80", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                           "\xf8\x88\x80\x80\x80", "\xc3", "\xe2\x82", "\xff"}) {
    EXPECT_FALSE(IsUtf8(text)) << testing::PrintToString(std::string(text));
    EXPECT_TRUE(IsUtf8(MendUtf8(text, 100)));
  }
  EXPECT_EQ(MendUtf8("a\xff\xc3z", 100), "a??z");
  EXPECT_EQ(MendUtf8("aöb", 2), "a");
}

TEST(Protocol, TheNewestInCommon) {
  static_assert(kOldestProtocol == 2 && kNewestProtocol == 2);
  EXPECT_EQ(CommonProtocol(2, 2), 2);
  EXPECT_EQ(CommonProtocol(0, 99), 2);
  EXPECT_EQ(CommonProtocol(1, 1), std::nullopt);
  EXPECT_EQ(CommonProtocol(3, 4), std::nullopt);
  EXPECT_EQ(CommonProtocol(0, 0), std::nullopt);
  EXPECT_EQ(CommonProtocol(3, 1), std::nullopt);
}

}  // namespace
}  // namespace zerod
