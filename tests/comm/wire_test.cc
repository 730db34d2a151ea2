#include "comm/mpi/wire.h"

#include <random>

#include "gmock/gmock.h"

namespace zerod {
namespace {

using testing::HasSubstr;

const WorldKey kWorld{.job = 3, .formation = 1};

std::vector<WorldMessage> OneOfEachKind() {
  const CallShape shape{.kind = CollectiveKind::kAllToAllV,
                        .send_bytes = {1, 2},
                        .receive_bytes = {3, 4},
                        .receivers = {1},
                        .contribution_bytes = 5,
                        .value_count = 6,
                        .root = 1};
  return {OpenWorld{{0, 1, 1}},
          JoinCollective{.collective = 9,
                         .calls = {{.rank = 1,
                                    .shape = shape,
                                    .is_inlined = true,
                                    .inlined = {std::byte{7}, std::byte{8}}}},
                         .sum = {-1, 2}},
          ReportArrivals{.collective = 9,
                         .kind = CollectiveKind::kBroadcast,
                         .arrived = {0, 2},
                         .is_deadline = true},
          AbortWorld{absl::AbortedError("rank 1 is gone")},
          LeaveWorld{},
          GoAhead{.collective = 9,
                  .tag = 1004,
                  .inlined = {{.sender = 1, .bytes = {std::byte{7}}}},
                  .sum = {4}},
          PoisonWorld{absl::UnavailableError("node 1 is gone")},
          WorldClosed{}};
}

TEST(Wire, EveryMessageComesBack) {
  const std::vector<WorldMessage> messages = OneOfEachKind();
  ASSERT_EQ(messages.size(), std::variant_size_v<WorldMessage>);
  for (const WorldMessage& message : messages) {
    const std::vector<std::byte> bytes = EncodeWorldMessage(kWorld, message);
    const auto decoded = DecodeWorldMessage(bytes);
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    EXPECT_EQ(decoded->world, kWorld);
    EXPECT_EQ(decoded->message.index(), message.index());
    // The fields that differ from their defaults are in the bytes, so those say whether all came.
    EXPECT_EQ(EncodeWorldMessage(decoded->world, decoded->message), bytes);
  }
}

TEST(Wire, FieldsComeBackToTheirPlaces) {
  const std::vector<WorldMessage> messages = OneOfEachKind();
  const auto join = DecodeWorldMessage(EncodeWorldMessage(kWorld, messages[1]));
  const RankCall& call = std::get<JoinCollective>(join->message).calls.at(0);
  EXPECT_EQ(call.shape.send_bytes, (std::vector<std::uint64_t>{1, 2}));
  EXPECT_EQ(call.shape.receive_bytes, (std::vector<std::uint64_t>{3, 4}));
  EXPECT_EQ(call.shape.value_count, 6u);
  EXPECT_EQ(call.inlined.size(), 2u);
  const auto abort = DecodeWorldMessage(EncodeWorldMessage(kWorld, messages[3]));
  EXPECT_EQ(std::get<AbortWorld>(abort->message).cause, absl::AbortedError("rank 1 is gone"));
}

// Bytes of version 1, written down: another layout needs another version.
TEST(Wire, LayoutOfVersion1) {
  const std::vector<int> expected = {1, 5, 3, 0, 0, 0, 0, 0, 0, 0,    1, 0, 0, 0, 0, 0, 0,
                                     0, 9, 0, 0, 0, 0, 0, 0, 0, 0xec, 3, 0, 0, 1, 0, 0, 0,
                                     0, 0, 0, 0, 1, 0, 0, 0, 1, 0,    0, 0, 0, 0, 0, 0, 7,
                                     1, 0, 0, 0, 0, 0, 0, 0, 4, 0,    0, 0, 0, 0, 0, 0};
  std::vector<int> bytes;
  for (std::byte byte : EncodeWorldMessage(kWorld, OneOfEachKind()[5])) {
    bytes.push_back(static_cast<int>(byte));
  }
  EXPECT_EQ(bytes, expected);
}

TEST(Wire, RefusesWhatIsCutOffOrTooLong) {
  for (const WorldMessage& message : OneOfEachKind()) {
    std::vector<std::byte> bytes = EncodeWorldMessage(kWorld, message);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      EXPECT_FALSE(DecodeWorldMessage(std::span(bytes).first(length)).ok());
    }
    bytes.push_back(std::byte{0});
    EXPECT_FALSE(DecodeWorldMessage(bytes).ok());
  }
}

TEST(Wire, RefusesOtherVersionsAndKinds) {
  std::vector<std::byte> bytes = EncodeWorldMessage(kWorld, LeaveWorld{});
  bytes[0] = std::byte{2};
  EXPECT_THAT(std::string(DecodeWorldMessage(bytes).status().message()), HasSubstr("version 2"));
  bytes[0] = std::byte{1};
  bytes[1] = std::byte{8};
  EXPECT_THAT(std::string(DecodeWorldMessage(bytes).status().message()), HasSubstr("kind 8"));
}

// The sanitizers see to it that nothing beyond the bytes is read.
TEST(Wire, SurvivesDamagedBytes) {
  std::mt19937 random(1);
  const std::vector<WorldMessage> messages = OneOfEachKind();
  for (int round = 0; round < 20'000; ++round) {
    std::vector<std::byte> bytes = EncodeWorldMessage(kWorld, messages[random() % messages.size()]);
    for (int i = 0; i < 3; ++i) bytes[random() % bytes.size()] = static_cast<std::byte>(random());
    (void)DecodeWorldMessage(bytes);
  }
}

}  // namespace
}  // namespace zerod
