#include "comm/mpi/node_meeting.h"

#include <atomic>
#include <map>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "tests/comm/loopback_nodes.h"
#include "tests/contract/communicator_contract.h"

namespace zerod {
namespace {

LoopbackNodes& Nodes() {
  static LoopbackNodes nodes(3);
  return nodes;
}

std::uint64_t NextJob() {
  static std::uint64_t next_job = 0;
  return next_job++;
}

std::vector<std::unique_ptr<Communicator>> MakeLoopbackWorld(int world_size) {
  std::vector<int> node_of_rank;
  for (int rank = 0; rank < world_size; ++rank) node_of_rank.push_back((rank * rank + 1) % 3);
  const WorldKey world{.job = NextJob()};
  std::map<int, std::shared_ptr<NodeMeeting>> meetings;
  std::vector<std::unique_ptr<Communicator>> communicators;
  for (int rank = 0; rank < world_size; ++rank) {
    const int node = node_of_rank[rank];
    if (!meetings.contains(node)) meetings[node] = Nodes().Form(node, world, node_of_rank);
    communicators.push_back(MakeCommunicator(meetings[node], rank));
  }
  return communicators;
}

INSTANTIATE_TEST_SUITE_P(Loopback, CommunicatorContract,
                         testing::Values(CommunicatorBackend{"loopback", MakeLoopbackWorld}));

// What a rank saw of a world that was aborted at some moment.
struct Outcome {
  int completed_count = 0;
  absl::Status cause;
};

Outcome ExchangeUntilPoisoned(const std::shared_ptr<NodeMeeting>& meeting, int rank) {
  auto comm = MakeCommunicator(meeting, rank);
  std::vector<std::byte> bytes(5000);
  std::vector<std::vector<std::byte>> received(3, std::vector<std::byte>(5000));
  const std::vector<Bytes> receive(received.begin(), received.end());
  for (Outcome outcome;; ++outcome.completed_count) {
    bytes.assign(bytes.size(), static_cast<std::byte>(outcome.completed_count));
    outcome.cause =
        comm->AllToAllV(std::vector<ConstBytes>(3, bytes), receive, absl::InfiniteFuture());
    if (!outcome.cause.ok()) return outcome;
    for (const auto& from_peer : received) EXPECT_EQ(from_peer, bytes);
  }
}

// Two nodes abort a busy world at once: all ranks complete the same collectives, and learn the same
// cause.
TEST(NodeMeeting, AnAbortAtAnyMomentLooksTheSameToAll) {
  for (int round = 0; round < 300; ++round) {
    const WorldKey world{.job = NextJob()};
    const std::vector<int> node_of_rank = {1, 0, 2};
    std::vector<std::shared_ptr<NodeMeeting>> meetings(3);
    std::atomic<int> notice_count = 0;
    for (int node = 0; node < 3; ++node) {
      meetings[node] =
          Nodes().Form(node, world, node_of_rank, [&](const absl::Status&) { ++notice_count; });
    }
    std::vector<Outcome> outcomes(3);
    std::vector<std::thread> threads;
    for (int rank = 0; rank < 3; ++rank) {
      threads.emplace_back([&, rank] {
        outcomes[rank] = ExchangeUntilPoisoned(meetings[node_of_rank[rank]], rank);
      });
    }
    for (int node : {round % 3, (round + 1) % 3}) {
      threads.emplace_back([&, node] {
        absl::SleepFor(absl::Microseconds(round * 20));
        meetings[node]->Abort(absl::AbortedError(absl::StrCat("by node ", node)));
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (int rank = 0; rank < 3; ++rank) {
      EXPECT_EQ(outcomes[rank].completed_count, outcomes[0].completed_count);
      EXPECT_EQ(outcomes[rank].cause, outcomes[0].cause);
      EXPECT_EQ(meetings[rank]->AwaitPoison(), outcomes[0].cause);
    }
    while (notice_count < 3) absl::SleepFor(absl::Microseconds(100));
  }
}

TEST(NodeMeeting, AFailureOfTheTransportPoisonsWorldsNowAndLater) {
  LoopbackNodes nodes(1);
  const absl::Status cause = absl::UnavailableError("node 1 is gone");
  auto now = nodes.Form(0, {.job = 0}, {0});
  nodes.router(0)->FailAll(cause);
  EXPECT_EQ(now->AwaitPoison(), cause);
  EXPECT_EQ(nodes.Form(0, {.job = 1}, {0})->AwaitPoison(), cause);
}

// To nodes that are not there.
class RecordingPort final : public MessagePort {
 public:
  void SendWorldMessage(int, std::vector<std::byte> message) override {
    const auto sent = DecodeWorldMessage(message);
    if (std::holds_alternative<JoinCollective>(sent->message)) has_joined = true;
  }
  void Wake() override {}
  void Move(std::vector<Transfer>, std::function<void(absl::Status)>) override { has_moved = true; }

  std::atomic<bool> has_joined = false;
  std::atomic<bool> has_moved = false;
};

// The coordinator's go-ahead crosses with the end of this node's transport: by then the rank has
// returned, and its memory is somebody else's.
void ExpectUntouchedBy(const GoAhead& go, std::size_t size_bytes) {
  const WorldKey world{.job = 1};
  const auto port = std::make_shared<RecordingPort>();
  const auto router = std::make_shared<WorldRouter>(
      WorldRouter::Options{.node = 1, .node_count = 2, .max_tag = 32767}, port);
  const auto meeting = WorldRouter::Form(
      router, world, {.node_of_rank = {0, 1}, .node = 1, .inline_bytes = 64, .chunk_bytes = 1000});
  const absl::Status cause = absl::UnavailableError("node 0 is gone");
  std::vector<std::byte> bytes(size_bytes);
  std::thread rank([&] {
    EXPECT_EQ(MakeCommunicator(meeting, 1)->Broadcast(0, bytes, absl::InfiniteFuture()), cause);
  });
  while (!port->has_joined) std::this_thread::yield();
  router->FailAll(cause);
  rank.join();
  EXPECT_TRUE(router->Receive(0, EncodeWorldMessage(world, go)).ok());
  EXPECT_EQ(bytes, std::vector<std::byte>(size_bytes));
  EXPECT_FALSE(port->has_moved);
  EXPECT_EQ(meeting->status(), cause);
}

TEST(NodeMeeting, AGoAheadAfterAFailureOfTheTransportTouchesNothing) {
  const std::vector<std::byte> inlined(3, std::byte{9});
  ExpectUntouchedBy(GoAhead{.inlined = {{.sender = 0, .bytes = inlined}}}, inlined.size());
  ExpectUntouchedBy(GoAhead{}, 5000);  // which would come as transfers
}

TEST(NodeMeeting, ANodeWithoutARankLearnsTheCauseAndMayLeave) {
  LoopbackNodes nodes(3);
  const auto world = nodes.Form(0, {.job = 1}, {0, 1});
  const auto mistaken = nodes.Form(2, {.job = 1}, {0, 2});
  const absl::Status cause = absl::InternalError("node 2 takes part, but has no rank in it");
  EXPECT_EQ(world->AwaitPoison(), cause);
  EXPECT_EQ(mistaken->AwaitPoison(), cause);
}

TEST(NodeMeeting, AWorldThatIsStillUsedIsNamed) {
  LoopbackNodes nodes(1);
  auto world = nodes.Form(0, {.job = 8, .formation = 2}, {0});
  const absl::Status open = nodes.router(0)->AwaitAllClosed(absl::Now());
  EXPECT_EQ(open, absl::DeadlineExceededError("node 0 still uses world 2 of job 8"));
  world.reset();
  EXPECT_TRUE(nodes.router(0)->AwaitAllClosed(absl::Now()).ok());
}

TEST(NodeMeeting, ASumThatIsTooLargeForAMessageIsRefused) {
  LoopbackNodes nodes(1);
  auto world = nodes.Form(0, {.job = 8}, {0});
  std::vector<std::int64_t> values(1 << 17);
  EXPECT_EQ(MakeCommunicator(world, 0)->AllReduceSum(values, absl::InfiniteFuture()).code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace zerod
