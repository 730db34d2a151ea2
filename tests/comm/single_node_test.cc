#include "comm/inproc/single_node.h"

#include <atomic>
#include <thread>

#include "absl/time/clock.h"
#include "comm/inproc/inproc_world.h"
#include "gmock/gmock.h"

namespace zerod {
namespace {

using testing::ElementsAre;

Cluster::Message MessageOf(int value) { return {static_cast<std::byte>(value)}; }

TEST(SingleNode, DeliversInOrderAlsoWhatCameBeforeTheHandler) {
  auto cluster = MakeSingleNodeCluster();
  EXPECT_EQ(cluster->node_index(), 0);
  EXPECT_EQ(cluster->node_count(), 1);
  std::vector<int> received;
  cluster->Send(0, MessageOf(1));
  cluster->SetHandler([&](int from_node, const Cluster::Message& message) {
    EXPECT_EQ(from_node, 0);
    received.push_back(static_cast<int>(message[0]));
    if (received.size() == 1) cluster->Send(0, MessageOf(3));  // a handler may send
    absl::SleepFor(absl::Milliseconds(5));
  });
  cluster->Send(0, MessageOf(2));
  absl::SleepFor(absl::Milliseconds(50));
  ASSERT_TRUE(cluster->Leave(absl::Now() + absl::Seconds(60)).ok());
  EXPECT_THAT(received, testing::UnorderedElementsAre(1, 2, 3));
  EXPECT_EQ(received[0], 1);
  cluster->Send(0, MessageOf(4));
  EXPECT_EQ(received.size(), 3u);
}

TEST(SingleNode, FormsWorldsOfItsRanks) {
  auto cluster = MakeSingleNodeCluster();
  auto world = cluster->FormWorld({.job = 7, .node_of_rank = {0, 0}});
  std::thread other(
      [&] { EXPECT_TRUE(world->Connect(1)->Barrier(absl::Now() + absl::Seconds(60)).ok()); });
  EXPECT_TRUE(world->Connect(0)->Barrier(absl::Now() + absl::Seconds(60)).ok());
  other.join();
}

TEST(SingleNode, EverybodyLearnsTheFirstCause) {
  auto cluster = MakeSingleNodeCluster();
  std::vector<absl::Status> causes;
  std::mutex mutex;  // also held while aborting, as a caller may
  auto world =
      cluster->FormWorld({.node_of_rank = {0}, .on_poison = [&](const absl::Status& cause) {
                            std::lock_guard lock(mutex);
                            causes.push_back(cause);
                          }});
  {
    std::lock_guard lock(mutex);
    world->Abort(absl::AbortedError("first"));
    world->Abort(absl::AbortedError("second"));
  }
  EXPECT_EQ(world->AwaitPoison(), absl::AbortedError("first"));
  EXPECT_EQ(world->Connect(0)->Barrier(absl::InfiniteFuture()), absl::AbortedError("first"));
  while (std::lock_guard(mutex), causes.empty()) absl::SleepFor(absl::Milliseconds(1));
  world.reset();
  EXPECT_THAT(causes, ElementsAre(absl::AbortedError("first")));
}

TEST(InprocWorld, DoesNotCallBackOnceItIsGone) {
  for (int i = 0; i < 200; ++i) {
    std::atomic<bool> is_gone = false;
    auto world = std::make_unique<InprocWorld>(
        2, [&](const absl::Status&) { EXPECT_FALSE(is_gone.load()); });
    auto comm = world->Connect(0);
    std::thread aborting([&] { comm->Abort(absl::AbortedError("late")); });
    world.reset();
    is_gone = true;
    aborting.join();
    EXPECT_EQ(comm->status(), absl::AbortedError("late"));
  }
}

TEST(InprocWorld, MayBeDestroyedByItsCallback) {
  std::atomic<bool> is_gone = false;
  std::unique_ptr<World> world = std::make_unique<InprocWorld>(1, [&](const absl::Status&) {
    world.reset();
    is_gone = true;
  });
  auto comm = world->Connect(0);
  comm->Abort(absl::AbortedError("end"));
  while (!is_gone) absl::SleepFor(absl::Milliseconds(1));
}

}  // namespace
}  // namespace zerod
