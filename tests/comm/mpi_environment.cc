#include "tests/comm/mpi_environment.h"

#include <condition_variable>
#include <cstdio>
#include <deque>
#include <mutex>
#include <numeric>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "comm/mpi/mpi_cluster.h"
#include "gmock/gmock.h"

namespace zerod {
namespace {

Cluster* test_cluster = nullptr;

struct Mailbox {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Letter> letters;  // guarded by mutex
};
Mailbox mailbox;

void PutIntoMailbox(int from_node, Cluster::Message message) {
  std::lock_guard lock(mailbox.mutex);
  mailbox.letters.push_back({.from_node = from_node, .message = std::move(message)});
  mailbox.changed.notify_all();
}

}  // namespace

Cluster& TestCluster() { return *test_cluster; }

std::uint64_t NextJob() {
  static std::uint64_t next_job = 0;
  return next_job++;
}

std::vector<Letter> AwaitLetters(std::size_t count) {
  std::vector<Letter> letters;
  std::unique_lock lock(mailbox.mutex);
  while (letters.size() < count) {
    mailbox.changed.wait(lock, [&] { return !mailbox.letters.empty(); });
    letters.push_back(std::move(mailbox.letters.front()));
    mailbox.letters.pop_front();
  }
  return letters;
}

void MeetAllNodes() {
  std::vector<int> node_of_rank(static_cast<std::size_t>(TestCluster().node_count()));
  std::iota(node_of_rank.begin(), node_of_rank.end(), 0);
  auto world = TestCluster().FormWorld({.job = NextJob(), .node_of_rank = node_of_rank});
  const absl::Status met =
      world->Connect(TestCluster().node_index())->Barrier(absl::Now() + absl::Seconds(120));
  ASSERT_TRUE(met.ok()) << met;
}

}  // namespace zerod

int main(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  auto cluster = zerod::MakeMpiCluster({.chunk_bytes = 1 << 20});
  if (!cluster.ok()) {
    std::fprintf(stderr, "%s\n", cluster.status().ToString().c_str());
    return 1;
  }
  zerod::test_cluster = cluster->get();
  zerod::test_cluster->SetHandler(zerod::PutIntoMailbox);
  const int result = RUN_ALL_TESTS();
  const absl::Status left = (*cluster)->Leave(absl::Now() + absl::Seconds(60));
  std::fprintf(stderr, "node %d leaves: %s\n", (*cluster)->node_index(), left.ToString().c_str());
  return left.ok() ? result : 1;
}
