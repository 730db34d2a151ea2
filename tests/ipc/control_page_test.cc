#include "ipc/control_page.h"

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ipc/arena.h"

namespace zerod {
namespace {

constexpr std::size_t kCounts[] = {0, 1, 15, 16, 17, 1000};

template <typename T>
std::pair<std::uintptr_t, std::uintptr_t> Range(std::span<T> words) {
  const auto first = reinterpret_cast<std::uintptr_t>(words.data());
  return {first, first + words.size_bytes()};
}

// That `parts`, in this order, lie in `memory` one behind the other, each on lines of its own.
void ExpectDisjointLines(std::span<std::byte> memory,
                         const std::vector<std::pair<std::uintptr_t, std::uintptr_t>>& parts) {
  std::uintptr_t end = Range(memory).first;
  for (const auto& [first, last] : parts) {
    EXPECT_EQ(first % 64, 0u);
    EXPECT_GE(first, end);
    end = (last + 63) / 64 * 64;
  }
  EXPECT_LE(end, Range(memory).second);
}

TEST(ControlPage, TrainerPageHasItsArraysOnLinesOfTheirOwn) {
  for (const std::size_t buckets : kCounts) {
    for (const std::size_t parameters : kCounts) {
      const Arena arena =
          *Arena::Create("page", TrainerPageBytes(buckets, parameters), PeerAccess::kReadWrite);
      const TrainerPage page = ViewTrainerPage(arena.bytes(), buckets, parameters);
      EXPECT_EQ(page.rung.size(), buckets);
      EXPECT_EQ(page.marked.size(), parameters);
      ExpectDisjointLines(arena.bytes(),
                          {Range(std::span(page.header, 1)), Range(page.rung), Range(page.marked)});
    }
  }
}

TEST(ControlPage, RankPageHasItsArraysOnLinesOfTheirOwn) {
  for (const std::size_t buckets : kCounts) {
    const Arena arena = *Arena::Create("page", RankPageBytes(buckets), PeerAccess::kRead);
    const RankPage page = ViewRankPage(arena.bytes(), buckets);
    EXPECT_EQ(page.taken.size(), buckets);
    EXPECT_EQ(page.weights_ready.size(), buckets);
    ExpectDisjointLines(arena.bytes(), {Range(std::span(page.header, 1)), Range(page.taken),
                                        Range(page.weights_ready)});
  }
}

TEST(ControlPage, BothSidesSeeTheSameWords) {
  const Arena arena = *Arena::Create("page", RankPageBytes(17), PeerAccess::kRead);
  const MappedArena mapped =
      *MappedArena::Map("page", arena.descriptor(), RankPageBytes(17), PeerAccess::kRead);
  const RankPage written = ViewRankPage(arena.bytes(), 17);
  const RankPage read = ViewRankPage(mapped.bytes(), 17);
  EXPECT_EQ(read.header->verdict.load(), 0u);
  written.header->ended = 5;
  written.taken.back() = 6;
  written.weights_ready.front() = 7;
  PutMessage(written.header->message, "rank 3 left");
  EXPECT_EQ(read.header->ended.load(), 5u);
  EXPECT_EQ(read.taken.back().load(), 6u);
  EXPECT_EQ(read.weights_ready.front().load(), 7u);
  EXPECT_EQ(MessageOf(read.header->message), "rank 3 left");
}

TEST(ControlPage, EachHeaderFillsWholeLines) {
  EXPECT_EQ(sizeof(TrainerHeader), 64u);
  EXPECT_EQ(sizeof(RankHeader) % 64, 0u);
  EXPECT_EQ(alignof(RankHeader), 64u);
}

TEST(ControlPage, MessagesAreCutOffAndForeignOnesNeedNoEnd) {
  MessageText text;
  PutMessage(text, std::string(3 * kMessageBytes, 'x'));
  EXPECT_EQ(MessageOf(text), std::string(kMessageBytes - 1, 'x'));
  text.fill('y');
  EXPECT_EQ(MessageOf(text).size(), kMessageBytes);
  PutMessage(text, "");
  EXPECT_EQ(MessageOf(text), "");
}

TEST(SequenceDistance, WrapsAround) {
  constexpr std::uint32_t kLast = std::numeric_limits<std::uint32_t>::max();
  EXPECT_EQ(SequenceDistance(5, 3), 2);
  EXPECT_EQ(SequenceDistance(3, 5), -2);
  EXPECT_EQ(SequenceDistance(2, kLast), 3);
  EXPECT_EQ(SequenceDistance(kLast, 2), -3);
  EXPECT_EQ(SequenceDistance(kLast, kLast), 0);
  EXPECT_GT(SequenceDistance(0x80000000u, 0x7fffffffu), 0);
}

}  // namespace
}  // namespace zerod
