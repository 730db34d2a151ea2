#include "comm/mpi/world_coordinator.h"

#include "gmock/gmock.h"

namespace zerod {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// Ranks 0 and 2 on node 3, rank 1 on node 5.
const std::vector<int> kNodeOfRank = {3, 5, 3};
constexpr int kTag = 4711;

WorldCoordinator Opened() {
  WorldCoordinator coordinator(kNodeOfRank, kTag);
  EXPECT_THAT(coordinator.Take(3, OpenWorld{kNodeOfRank}), IsEmpty());
  EXPECT_THAT(coordinator.Take(5, OpenWorld{kNodeOfRank}), IsEmpty());
  return coordinator;
}

RankCall BarrierOf(int rank) { return {.rank = rank, .shape = {.kind = CollectiveKind::kBarrier}}; }

JoinCollective BarrierOn(int node, std::uint64_t collective = 0) {
  JoinCollective join{.collective = collective};
  for (int rank : node == 3 ? std::vector<int>{0, 2} : std::vector<int>{1}) {
    join.calls.push_back(BarrierOf(rank));
  }
  return join;
}

absl::Status CauseIn(const std::vector<Envelope>& envelopes, int node) {
  for (const Envelope& envelope : envelopes) {
    const auto* poison = std::get_if<PoisonWorld>(&envelope.message);
    if (envelope.node == node && poison != nullptr) return poison->cause;
  }
  return absl::OkStatus();
}

const GoAhead* GoAheadIn(const std::vector<Envelope>& envelopes, int node) {
  for (const Envelope& envelope : envelopes) {
    if (envelope.node == node) return std::get_if<GoAhead>(&envelope.message);
  }
  return nullptr;
}

TEST(WorldCoordinator, LetsAllGoAheadWhenTheLastHasJoined) {
  WorldCoordinator coordinator = Opened();
  for (std::uint64_t collective = 0; collective < 3; ++collective) {
    EXPECT_THAT(coordinator.Take(5, BarrierOn(5, collective)), IsEmpty());
    const auto envelopes = coordinator.Take(3, BarrierOn(3, collective));
    for (int node : {3, 5}) {
      const GoAhead* go = GoAheadIn(envelopes, node);
      ASSERT_NE(go, nullptr);
      EXPECT_EQ(go->collective, collective);
      EXPECT_EQ(go->tag, kTag);
    }
  }
}

TEST(WorldCoordinator, AddsUpAndHandsOutWhatIsInlined) {
  WorldCoordinator coordinator = Opened();
  const auto sum_of = [](int rank) {
    return RankCall{.rank = rank,
                    .shape = {.kind = CollectiveKind::kAllReduceSum, .value_count = 2},
                    .is_inlined = true};
  };
  coordinator.Take(3, JoinCollective{.calls = {sum_of(0), sum_of(2)}, .sum = {10, 20}});
  const auto summed = coordinator.Take(5, JoinCollective{.calls = {sum_of(1)}, .sum = {1, 2}});
  EXPECT_EQ(GoAheadIn(summed, 3)->sum, (std::vector<std::int64_t>{11, 22}));
  EXPECT_EQ(GoAheadIn(summed, 5)->sum, (std::vector<std::int64_t>{11, 22}));

  const CallShape shape{.kind = CollectiveKind::kBroadcast, .contribution_bytes = 1, .root = 1};
  const std::vector<std::byte> byte = {std::byte{9}};
  coordinator.Take(3, JoinCollective{.collective = 1,
                                     .calls = {{.rank = 0, .shape = shape, .is_inlined = true},
                                               {.rank = 2, .shape = shape, .is_inlined = true}}});
  const auto spread = coordinator.Take(
      5,
      JoinCollective{.collective = 1,
                     .calls = {{.rank = 1, .shape = shape, .is_inlined = true, .inlined = byte}}});
  ASSERT_THAT(GoAheadIn(spread, 3)->inlined, SizeIs(1));
  EXPECT_EQ(GoAheadIn(spread, 3)->inlined[0].sender, 1);
  EXPECT_EQ(GoAheadIn(spread, 3)->inlined[0].bytes, byte);
  EXPECT_THAT(GoAheadIn(spread, 5)->inlined, IsEmpty());
}

TEST(WorldCoordinator, FirstCauseReachesAllAlsoThoseThatOpenLater) {
  WorldCoordinator coordinator(kNodeOfRank, kTag);
  coordinator.Take(3, OpenWorld{kNodeOfRank});
  const auto told = coordinator.Take(3, AbortWorld{absl::AbortedError("first")});
  EXPECT_EQ(CauseIn(told, 3), absl::AbortedError("first"));
  EXPECT_THAT(told, SizeIs(1));
  EXPECT_THAT(coordinator.Take(3, AbortWorld{absl::AbortedError("second")}), IsEmpty());
  EXPECT_EQ(CauseIn(coordinator.Take(5, OpenWorld{kNodeOfRank}), 5), absl::AbortedError("first"));
  EXPECT_THAT(coordinator.Take(5, BarrierOn(5)), IsEmpty());
  EXPECT_THAT(coordinator.Take(3, BarrierOn(3)), IsEmpty());
}

// Every moment of a collective at which an abort can come: the outcome is the same on all nodes.
TEST(WorldCoordinator, AbortEitherStopsACollectiveForAllOrComesAfterIt) {
  const absl::Status cause = absl::AbortedError("cause");
  for (int joined_before = 0; joined_before <= 2; ++joined_before) {
    WorldCoordinator coordinator = Opened();
    std::vector<Envelope> all;
    const auto add = [&](const std::vector<Envelope>& more) {
      all.insert(all.end(), more.begin(), more.end());
    };
    if (joined_before > 0) add(coordinator.Take(5, BarrierOn(5)));
    if (joined_before > 1) add(coordinator.Take(3, BarrierOn(3)));
    add(coordinator.Take(5, AbortWorld{cause}));
    if (joined_before < 2) add(coordinator.Take(3, BarrierOn(3)));
    if (joined_before < 1) add(coordinator.Take(5, BarrierOn(5)));
    for (int node : {3, 5}) {
      EXPECT_EQ(GoAheadIn(all, node) != nullptr, joined_before == 2);
      EXPECT_EQ(CauseIn(all, node), cause);
    }
  }
}

TEST(WorldCoordinator, DeadlineNamesWhoIsNotKnownToWait) {
  WorldCoordinator coordinator = Opened();
  coordinator.Take(3, ReportArrivals{.kind = CollectiveKind::kBarrier, .arrived = {2}});
  const auto told = coordinator.Take(
      3, ReportArrivals{.kind = CollectiveKind::kBarrier, .arrived = {2}, .is_deadline = true});
  EXPECT_EQ(CauseIn(told, 5),
            absl::DeadlineExceededError("rank 0, 1 did not join Barrier in time"));

  WorldCoordinator other = Opened();
  other.Take(5, BarrierOn(5));
  other.Take(3, ReportArrivals{.arrived = {0}});
  EXPECT_EQ(CauseIn(other.Take(5, ReportArrivals{.kind = CollectiveKind::kBarrier,
                                                 .arrived = {1},
                                                 .is_deadline = true}),
                    3),
            absl::DeadlineExceededError("rank 2 did not join Barrier in time"));
}

TEST(WorldCoordinator, DeadlineThatCrossedTheGoAheadDoesNotCount) {
  WorldCoordinator coordinator = Opened();
  coordinator.Take(5, BarrierOn(5));
  coordinator.Take(3, BarrierOn(3));
  EXPECT_THAT(coordinator.Take(5, ReportArrivals{.arrived = {1}, .is_deadline = true}), IsEmpty());
  // Nor one when the last has arrived, but its node's message has not.
  coordinator.Take(5, BarrierOn(5, 1));
  EXPECT_THAT(
      coordinator.Take(3, ReportArrivals{.collective = 1, .arrived = {0, 2}, .is_deadline = true}),
      IsEmpty());
}

TEST(WorldCoordinator, AnswersEveryNodeThatLeavesAndThenIsFinished) {
  WorldCoordinator coordinator = Opened();
  const auto first = coordinator.Take(5, LeaveWorld{});
  ASSERT_THAT(first, SizeIs(1));
  EXPECT_EQ(first[0].node, 5);
  EXPECT_TRUE(std::holds_alternative<WorldClosed>(first[0].message));
  EXPECT_FALSE(coordinator.finished());
  EXPECT_THAT(coordinator.Take(3, AbortWorld{absl::AbortedError("late")}), SizeIs(1));
  coordinator.Take(3, LeaveWorld{});
  EXPECT_TRUE(coordinator.finished());
}

TEST(WorldCoordinator, NamesNodesThatDoNotFit) {
  WorldCoordinator coordinator(kNodeOfRank, kTag);
  coordinator.Take(3, OpenWorld{kNodeOfRank});
  EXPECT_THAT(std::string(CauseIn(coordinator.Take(5, OpenWorld{{3, 5, 5}}), 3).message()),
              AllOf(HasSubstr("node 5"), HasSubstr("3,5,5"), HasSubstr("3,5,3")));
}

TEST(WorldCoordinator, NodesThatBreakTheProtocolPoisonTheWorld) {
  const std::vector<std::pair<int, WorldMessage>> offences = {
      {4, BarrierOn(5)},                                            // has no rank
      {5, BarrierOn(3)},                                            // others' ranks
      {5, BarrierOn(5, 1)},                                         // too early
      {5, GoAhead{}},                                               // not its to say
      {5, JoinCollective{.calls = {BarrierOf(1)}, .sum = {1, 2}}},  // a sum of nothing
      {5, JoinCollective{.calls = {{.rank = 1,
                                    .shape = {.kind = CollectiveKind::kBarrier},
                                    .is_inlined = true,
                                    .inlined = {std::byte{1}}}}}}};  // bytes for nobody
  for (const auto& [node, message] : offences) {
    WorldCoordinator coordinator = Opened();
    coordinator.Take(3, BarrierOn(3));
    EXPECT_EQ(CauseIn(coordinator.Take(node, message), 3).code(), absl::StatusCode::kInternal)
        << message.index();
  }
}

}  // namespace
}  // namespace zerod
