#include "base/memory_ledger.h"

#include <algorithm>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace zerod {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(MemoryLedger, CountsWhatLivesByRankAndKind) {
  const auto ledger = MemoryLedger::Create(2, MemoryBudget::Create(1 << 20));
  Buffer kept = *ledger->Allocate(1, MemoryKind::kM, 1000);
  {
    const Buffer passing = *ledger->Allocate(1, MemoryKind::kV, 500);
    EXPECT_EQ(ledger->Held(1)[MemoryKind::kV], 500u);
  }
  EXPECT_EQ(ledger->Held(1)[MemoryKind::kV], 0u);
  EXPECT_EQ(ledger->Held(1)[MemoryKind::kM], 1000u);
  EXPECT_EQ(ledger->Held(1).OptimizerState(), 1000u);
  EXPECT_EQ(ledger->Held(0)[MemoryKind::kM], 0u);
  kept = Buffer();
  EXPECT_EQ(ledger->Held(1)[MemoryKind::kM], 0u);
}

TEST(MemoryLedger, MemoryIsZeroedAndWritable) {
  const auto ledger = MemoryLedger::Create(1, MemoryBudget::Create(0));
  const Buffer buffer = *ledger->Allocate(0, MemoryKind::kWeights, 100'000);
  EXPECT_TRUE(
      std::ranges::all_of(buffer.bytes(), [](std::byte byte) { return byte == std::byte{0}; }));
  std::ranges::fill(buffer.bytes(), std::byte{1});
}

TEST(MemoryLedger, WhatDoesNotFitNamesRankKindAndNumbers) {
  const auto ledger = MemoryLedger::Create(3, MemoryBudget::Create(std::uint64_t{1} << 30));
  const Buffer held = *ledger->Allocate(0, MemoryKind::kWeights, std::uint64_t{1} << 29);
  const auto refused = ledger->Allocate(2, MemoryKind::kGradients, (std::uint64_t{1} << 29) + 1);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(refused.status().message()),
              AllOf(HasSubstr("rank 2"), HasSubstr("gradients"), HasSubstr("512.0 MiB"),
                    HasSubstr("1.000 GiB")));
  EXPECT_EQ(ledger->Held(2)[MemoryKind::kGradients], 0u);
  EXPECT_TRUE(ledger->Allocate(2, MemoryKind::kGradients, std::uint64_t{1} << 29).ok());
}

TEST(MemoryLedger, MoreThanTheMachineHasIsRefusedWithoutALimit) {
  const auto ledger = MemoryLedger::Create(1, MemoryBudget::Create(0));
  EXPECT_EQ(ledger->Allocate(0, MemoryKind::kM, std::uint64_t{1} << 50).status().code(),
            absl::StatusCode::kResourceExhausted);
}

TEST(MemoryLedger, NothingTakesNothing) {
  const auto ledger = MemoryLedger::Create(1, MemoryBudget::Create(1));
  EXPECT_TRUE(ledger->Allocate(0, MemoryKind::kCorrection, 0)->bytes().empty());
}

}  // namespace
}  // namespace zerod
