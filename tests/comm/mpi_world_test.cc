// Worlds that reach over several processes.
#include <algorithm>
#include <atomic>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "tests/comm/mpi_environment.h"
#include "tests/contract/communicator_contract.h"

namespace zerod {
namespace {

int NodeIndex() { return TestCluster().node_index(); }
int NodeCount() { return TestCluster().node_count(); }

// One rank per node; rank 0 on `coordinator`, the others in turn.
std::vector<int> OneRankPerNode(int coordinator = 0) {
  std::vector<int> node_of_rank(static_cast<std::size_t>(NodeCount()));
  for (int rank = 0; rank < NodeCount(); ++rank) {
    node_of_rank[rank] = (coordinator + rank) % NodeCount();
  }
  return node_of_rank;
}

int OwnRank(const std::vector<int>& node_of_rank) {
  return static_cast<int>(std::ranges::find(node_of_rank, NodeIndex()) - node_of_rank.begin());
}

// All ranks' values, in rank order.
std::vector<std::int64_t> Gather(std::int64_t value) {
  const std::vector<int> node_of_rank = OneRankPerNode();
  auto world = TestCluster().FormWorld({.job = NextJob(), .node_of_rank = node_of_rank});
  std::vector<std::int64_t> values(node_of_rank.size());
  values[NodeIndex()] = value;
  EXPECT_TRUE(world->Connect(NodeIndex())->AllReduceSum(values, Soon()).ok());
  return values;
}

absl::Status ExchangeWithAll(Communicator& comm, std::size_t size_bytes, int round) {
  const int world_size = comm.world_size();
  const std::vector<std::byte> own(size_bytes, static_cast<std::byte>(round * 7 + comm.rank()));
  std::vector<std::vector<std::byte>> received(world_size, std::vector<std::byte>(size_bytes));
  const std::vector<Bytes> receive(received.begin(), received.end());
  absl::Status status =
      comm.AllToAllV(std::vector<ConstBytes>(world_size, own), receive, absl::InfiniteFuture());
  for (int peer = 0; peer < world_size && status.ok(); ++peer) {
    EXPECT_EQ(received[peer],
              std::vector<std::byte>(size_bytes, static_cast<std::byte>(round * 7 + peer)));
  }
  return status;
}

TEST(MpiWorld, DoesTenThousandCollectives) {
  const std::vector<int> node_of_rank = OneRankPerNode();
  auto world = TestCluster().FormWorld({.job = NextJob(), .node_of_rank = node_of_rank});
  auto comm = world->Connect(OwnRank(node_of_rank));
  for (int round = 0; round < 10'000; ++round) {
    std::vector<std::int64_t> values = {round, comm->rank()};
    ASSERT_TRUE(comm->AllReduceSum(values, Soon()).ok());
    ASSERT_EQ(values[0], round * NodeCount());
    ASSERT_EQ(values[1], NodeCount() * (NodeCount() - 1) / 2);
  }
}

TEST(MpiWorld, WorldsDoNotDisturbEachOther) {
  std::vector<std::thread> threads;
  for (int coordinator = 0; coordinator < 4; ++coordinator) {
    const std::vector<int> node_of_rank = OneRankPerNode(coordinator);
    std::shared_ptr<World> world =
        TestCluster().FormWorld({.job = NextJob(), .node_of_rank = node_of_rank});
    threads.emplace_back([world, rank = OwnRank(node_of_rank), coordinator] {
      auto comm = world->Connect(rank);
      for (int round = 0; round < 100; ++round) {
        ASSERT_TRUE(
            ExchangeWithAll(*comm, 10'000 + 20'000 * (round % 5), round + coordinator).ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(MpiWorld, MovesLargeBuffers) {
  constexpr std::size_t kBytes = std::size_t{64} << 20;
  const std::vector<int> node_of_rank = OneRankPerNode();
  auto world = TestCluster().FormWorld({.job = NextJob(), .node_of_rank = node_of_rank});
  auto comm = world->Connect(NodeIndex());
  std::vector<std::byte> bytes(kBytes);
  if (NodeIndex() == 0) {
    for (std::size_t i = 0; i < kBytes; ++i) bytes[i] = static_cast<std::byte>(i * 31 >> 7);
  }
  ASSERT_TRUE(comm->Broadcast(0, bytes, Soon()).ok());
  std::size_t wrong_count = 0;
  for (std::size_t i = 0; i < kBytes; ++i) {
    wrong_count += bytes[i] != static_cast<std::byte>(i * 31 >> 7);
  }
  EXPECT_EQ(wrong_count, 0u);
}

// Nodes abort a busy world at about the same time, each with a cause of its own.
TEST(MpiWorld, AnAbortAtAnyMomentLooksTheSameToAll) {
  for (int round = 0; round < 60; ++round) {
    const std::vector<int> node_of_rank = OneRankPerNode(round);
    std::atomic<int> notice_count = 0;
    auto world = TestCluster().FormWorld(
        {.job = NextJob(), .node_of_rank = node_of_rank, .on_poison = [&](const absl::Status&) {
           ++notice_count;
         }});
    std::thread aborting([&] {
      absl::SleepFor(absl::Microseconds(round * 50));
      world->Abort(absl::AbortedError(absl::StrCat(NodeIndex())));
    });
    auto comm = world->Connect(OwnRank(node_of_rank));
    std::int64_t completed_count = 0;
    while (ExchangeWithAll(*comm, 20'000, static_cast<int>(completed_count)).ok()) {
      ++completed_count;
    }
    const absl::Status cause = world->AwaitPoison();
    EXPECT_EQ(comm->Barrier(absl::InfiniteFuture()), cause);
    aborting.join();
    while (notice_count == 0) absl::SleepFor(absl::Microseconds(100));
    world.reset();
    EXPECT_EQ(notice_count, 1);
    EXPECT_THAT(Gather(completed_count), testing::Each(completed_count));
    int culprit = -1;
    ASSERT_TRUE(absl::SimpleAtoi(cause.message(), &culprit));
    EXPECT_THAT(Gather(culprit), testing::Each(culprit));
  }
}

// The first node is through with the world, for good, before others have heard of it.
TEST(MpiWorld, NodesThatFormItLateLearnTheCause) {
  for (int coordinator = 0; coordinator < NodeCount(); ++coordinator) {
    const WorldOptions options{.job = NextJob(), .node_of_rank = OneRankPerNode(coordinator)};
    if (NodeIndex() == 0) {
      TestCluster().FormWorld(options)->Abort(absl::AbortedError("at once"));
      MeetAllNodes();
    } else {
      MeetAllNodes();
      auto world = TestCluster().FormWorld(options);
      EXPECT_EQ(world->AwaitPoison(), absl::AbortedError("at once"));
    }
  }
}

TEST(MpiWorld, LateMessagesForDestroyedWorldsAreDropped) {
  for (int round = 0; round < 300; ++round) {
    const std::vector<int> node_of_rank = OneRankPerNode(round);
    auto world = TestCluster().FormWorld({.job = NextJob(), .node_of_rank = node_of_rank});
    auto comm = world->Connect(OwnRank(node_of_rank));
    if ((round + NodeIndex()) % 2 == 0) {
      world.reset();
      comm->Abort(absl::AbortedError("gone"));
    } else {
      world->Abort(absl::AbortedError("gone"));
      comm.reset();
    }
  }
  MeetAllNodes();
}

TEST(MpiWorld, NodesThatDisagreeAboutItAreNamed) {
  std::vector<int> node_of_rank = OneRankPerNode();
  if (NodeIndex() == NodeCount() - 1) node_of_rank.push_back(0);
  auto world = TestCluster().FormWorld({.job = NextJob(), .node_of_rank = node_of_rank});
  if (NodeCount() > 1) {
    EXPECT_THAT(std::string(world->AwaitPoison().message()), testing::HasSubstr("on nodes"));
  }
  MeetAllNodes();
}

}  // namespace
}  // namespace zerod
