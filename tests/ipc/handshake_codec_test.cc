#include <sys/types.h>

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ipc/handshake.h"
#include "ipc/peer_process.h"

namespace zerod {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::vector<std::byte> Bytes(absl::string_view text) {
  const auto* first = reinterpret_cast<const std::byte*>(text.data());
  return {first, first + text.size()};
}

std::string U32(unsigned char low) { return std::string({static_cast<char>(low), 0, 0, 0}); }

TEST(HandshakeCodec, RequestIsThatOfVersion1) {
  Ticket ticket;
  std::ranges::fill(ticket, std::byte{'t'});
  const auto bytes = Bytes(absl::StrCat("zerodREQ", U32(1), std::string(32, 't')));
  EXPECT_EQ(EncodeHandshakeRequest(ticket), bytes);
  EXPECT_EQ(*DecodeHandshakeRequest(bytes), ticket);
}

TEST(HandshakeCodec, RepliesAreThoseOfVersion1) {
  const auto ok = Bytes(absl::StrCat("zerodREP", U32(1), U32(0), U32(5), U32(0)));
  EXPECT_EQ(EncodeHandshakeReply({.descriptor_count = 5}), ok);
  EXPECT_TRUE(DecodeHandshakeReply(ok)->status.ok());
  EXPECT_EQ(DecodeHandshakeReply(ok)->descriptor_count, 5u);

  const auto refusal = Bytes(absl::StrCat("zerodREP", U32(1), U32(7), U32(0), U32(5), "never"));
  EXPECT_EQ(EncodeHandshakeReply({.status = absl::PermissionDeniedError("never")}), refusal);
  EXPECT_EQ(DecodeHandshakeReply(refusal)->status, absl::PermissionDeniedError("never"));
}

TEST(HandshakeCodec, AnotherVersionIsToldFromGarbage) {
  const auto request = DecodeHandshakeRequest(Bytes(absl::StrCat("zerodREQ", U32(9), "?")));
  EXPECT_EQ(request.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(request.status().message(),
              AllOf(HasSubstr("version 9"), HasSubstr("this process has 1")));
  const auto reply = DecodeHandshakeReply(Bytes(absl::StrCat("zerodREP", U32(2))));
  EXPECT_THAT(reply.status().message(),
              AllOf(HasSubstr("version 2"), HasSubstr("this process has 1")));
}

TEST(HandshakeCodec, EveryOtherLengthOfARequestIsRefused) {
  const auto right = EncodeHandshakeRequest(RandomTicket());
  auto bytes = right;
  bytes.resize(2 * right.size());
  for (std::size_t count = 0; count < bytes.size(); ++count) {
    const auto decoded = DecodeHandshakeRequest(std::span(bytes).first(count));
    EXPECT_EQ(decoded.ok(), count == right.size()) << count;
  }
}

TEST(HandshakeCodec, ImpossibleRepliesAreRefused) {
  const std::string prefix = absl::StrCat("zerodREP", U32(1));
  for (const std::string& rest : {
           absl::StrCat(U32(0), U32(9), U32(0)),        // too many descriptors
           absl::StrCat(U32(0), U32(255), U32(0)),      // likewise
           absl::StrCat(U32(7), U32(1), U32(0)),        // refused, but with a descriptor
           absl::StrCat(U32(0), U32(1), U32(2), "no"),  // accepted, but with a reason
           absl::StrCat(U32(17), U32(0), U32(0)),       // no such status
           absl::StrCat(U32(7), U32(0), U32(3), "no"),  // message cut off
           absl::StrCat(U32(7), U32(0), U32(1), "no"),  // more than announced
           absl::StrCat(U32(7), U32(0), std::string(4, '\xff'), "no"),
       }) {
    EXPECT_EQ(DecodeHandshakeReply(Bytes(prefix + rest)).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

TEST(HandshakeCodec, LongReasonsAreCutOff) {
  const auto bytes = EncodeHandshakeReply({.status = absl::AbortedError(std::string(5000, 'x'))});
  EXPECT_EQ(DecodeHandshakeReply(bytes)->status, absl::AbortedError(std::string(1024, 'x')));
}

TEST(Ticket, TravelsAsText) {
  const Ticket ticket = RandomTicket();
  EXPECT_NE(ticket, RandomTicket());
  const std::string text = TicketToText(ticket);
  EXPECT_EQ(text.size(), 64u);
  EXPECT_EQ(*TicketFromText(text), ticket);
}

TEST(Ticket, WhatIsNoneIsNotRepeated) {
  for (const std::string& text : {std::string(), std::string(63, 'a'), std::string(65, 'a'),
                                  std::string(63, 'a') + "g", std::string(64, '\0')}) {
    const auto ticket = TicketFromText(text);
    EXPECT_EQ(ticket.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(ticket.status().message(), testing::Not(HasSubstr("aaa")));
  }
}

TEST(MayClaim, RootTheOwnerAndWhoIsAllowed) {
  const std::vector<uid_t> allowed = {1001, 1002};
  for (const uid_t uid : {0u, 1000u, 1001u, 1002u}) {
    EXPECT_TRUE(CheckMayClaim({.pid = 5, .uid = uid}, 1000, allowed).ok()) << uid;
  }
  const absl::Status refused = CheckMayClaim({.pid = 5, .uid = 1003}, 1000, allowed);
  EXPECT_EQ(refused.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_THAT(refused.message(), HasSubstr("uid 1003"));
}

TEST(MayClaim, NobodyOfAnotherPidNamespace) {
  const absl::Status refused = CheckMayClaim({.pid = 0, .uid = 0}, 0, {});
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(refused.message(), HasSubstr("must share a PID namespace"));
}

}  // namespace
}  // namespace zerod
