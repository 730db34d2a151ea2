#include "comm/mpi/transfer_plan.h"

#include <map>

#include "comm/mpi/inlining.h"
#include "comm/mpi/pacing.h"
#include "gmock/gmock.h"

namespace zerod {
namespace {

using testing::IsEmpty;

const std::vector<int> kNodeOfRank = {0, 1, 0, 1, 2};

// The sizes of an AllToAllV in which every pair moves another number of bytes.
std::size_t SizeOf(int sender, int receiver) {
  return static_cast<std::size_t>(sender * 5 + receiver);
}

// All ranks' calls of it, and their memory.
struct AllToAll {
  AllToAll() {
    for (int rank = 0; rank < 5; ++rank) {
      for (int peer = 0; peer < 5; ++peer) {
        sent[rank].emplace_back(SizeOf(rank, peer), static_cast<std::byte>(rank * 16 + peer));
        received[rank].emplace_back(SizeOf(peer, rank));
      }
      send[rank] = {sent[rank].begin(), sent[rank].end()};
      receive[rank] = {received[rank].begin(), received[rank].end()};
      calls[rank] = {
          .kind = CollectiveKind::kAllToAllV, .send = send[rank], .receive = receive[rank]};
    }
  }
  std::vector<CollectiveCall> CallsOf(int node) const {
    std::vector<CollectiveCall> of_node;
    for (int rank : RanksOfNode(kNodeOfRank, node)) of_node.push_back(calls[rank]);
    return of_node;
  }
  std::vector<std::vector<std::byte>> sent[5], received[5];
  std::vector<ConstBytes> send[5];
  std::vector<Bytes> receive[5];
  CollectiveCall calls[5];
};

std::vector<Transfer> PlanFor(const AllToAll& all, int node, const std::vector<bool>& is_inlined) {
  const std::vector<int> ranks = RanksOfNode(kNodeOfRank, node);
  const std::vector<CollectiveCall> calls = all.CallsOf(node);
  return PlanTransfers({.node_of_rank = kNodeOfRank,
                        .node = node,
                        .ranks = ranks,
                        .calls = calls,
                        .is_inlined = is_inlined,
                        .tag = 7,
                        .chunk_bytes = 6});
}

TEST(TransferPlan, NodesAgreeOnEveryMessageBetweenThem) {
  const AllToAll all;
  const std::vector<bool> is_inlined = {false, true, false, false, false};
  std::map<std::pair<int, int>, std::vector<std::size_t>> sends, receives;
  std::size_t moved_bytes = 0;
  for (int node = 0; node < 3; ++node) {
    for (const Transfer& transfer : PlanFor(all, node, is_inlined)) {
      EXPECT_EQ(transfer.tag, 7);
      EXPECT_NE(transfer.node, node);
      EXPECT_NE(transfer.send.empty(), transfer.receive.empty());
      EXPECT_LE(transfer.send.size() + transfer.receive.size(), 6u);
      if (!transfer.send.empty()) sends[{node, transfer.node}].push_back(transfer.send.size());
      if (!transfer.receive.empty()) {
        receives[{transfer.node, node}].push_back(transfer.receive.size());
      }
      moved_bytes += transfer.send.size();
    }
  }
  EXPECT_EQ(sends, receives);
  std::size_t expected_bytes = 0;
  for (int sender : {0, 2, 3, 4}) {
    for (int receiver = 0; receiver < 5; ++receiver) {
      if (kNodeOfRank[sender] != kNodeOfRank[receiver]) expected_bytes += SizeOf(sender, receiver);
    }
  }
  EXPECT_EQ(moved_bytes, expected_bytes);
}

TEST(TransferPlan, NothingMovesTwice) {
  const AllToAll all;
  EXPECT_THAT(PlanFor(all, 0, std::vector<bool>(5, true)), IsEmpty());
}

TEST(Inlining, BringsEveryPairsBytesToTheirPlace) {
  const AllToAll all;
  for (int sender = 0; sender < 5; ++sender) {
    RankCall call{.rank = sender, .shape = ShapeOf(all.calls[sender]), .is_inlined = true};
    call.inlined = Inline(all.calls[sender], sender, kNodeOfRank);
    EXPECT_EQ(call.inlined.size(), InlinedSize(call.shape, sender, kNodeOfRank));
    for (int node = 0; node < 3; ++node) {
      if (node == kNodeOfRank[sender]) continue;
      const InlinedBytes cut{.sender = sender, .bytes = CutForNode(call, node, kNodeOfRank)};
      EXPECT_TRUE(Scatter(cut, RanksOfNode(kNodeOfRank, node), all.CallsOf(node)));
      for (int receiver : RanksOfNode(kNodeOfRank, node)) {
        EXPECT_EQ(all.received[receiver][sender], all.sent[sender][receiver]);
      }
    }
  }
}

TEST(Inlining, SendsAContributionOncePerNode) {
  const std::vector<std::byte> bytes(3, std::byte{4});
  const std::vector<int> receivers = {0, 1, 3};
  const CollectiveCall gather{
      .kind = CollectiveKind::kAllGatherV, .contribution = bytes, .receivers = receivers};
  RankCall call{.rank = 4, .shape = ShapeOf(gather)};
  call.inlined = Inline(gather, 4, kNodeOfRank);
  EXPECT_EQ(call.inlined, bytes);
  EXPECT_EQ(CutForNode(call, 0, kNodeOfRank), bytes);
  EXPECT_EQ(CutForNode(call, 1, kNodeOfRank), bytes);
}

TEST(Inlining, RefusesBytesThatNobodyExpects) {
  const AllToAll all;
  const auto scatter = [&](std::size_t size_bytes) {
    return Scatter({.sender = 0, .bytes = std::vector<std::byte>(size_bytes)},
                   RanksOfNode(kNodeOfRank, 1), all.CallsOf(1));
  };
  const std::size_t expected = SizeOf(0, 1) + SizeOf(0, 3);
  EXPECT_TRUE(scatter(expected));
  EXPECT_FALSE(scatter(expected - 1));
  EXPECT_FALSE(scatter(expected + 1));
  EXPECT_FALSE(scatter(0));
}

TEST(Pacing, YieldsAtFirstAndPausesLongerTheLongerNothingHappens) {
  using std::chrono::microseconds, std::chrono::milliseconds, std::chrono::seconds;
  EXPECT_EQ(PauseAfter(microseconds(100), false).count(), 0);
  EXPECT_EQ(PauseAfter(microseconds(300), false), microseconds(20));
  EXPECT_EQ(PauseAfter(milliseconds(50), false), milliseconds(1));
  EXPECT_EQ(PauseAfter(seconds(100), false), milliseconds(10));
  EXPECT_EQ(PauseAfter(milliseconds(10), true).count(), 0);
  EXPECT_EQ(PauseAfter(seconds(100), true), microseconds(100));
}

}  // namespace
}  // namespace zerod
