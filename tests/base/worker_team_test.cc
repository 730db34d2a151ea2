#include "base/worker_team.h"

#include <atomic>
#include <set>

#include "gtest/gtest.h"

namespace zerod {
namespace {

TEST(WorkerTeam, EveryPieceIsDoneOnceByAWorker) {
  for (int size : {1, 2, 5}) {
    WorkerTeam team(size);
    EXPECT_EQ(team.size(), size);
    for (std::size_t piece_count : {0u, 1u, 2u, 7u, 1000u}) {
      std::vector<std::atomic<int>> done(piece_count);
      std::atomic<bool> in_range = true;
      team.Run(piece_count, [&](int worker, std::size_t piece) {
        ++done[piece];
        if (worker < 0 || worker >= size) in_range = false;
      });
      for (const std::atomic<int>& count : done) EXPECT_EQ(count, 1);
      EXPECT_TRUE(in_range);
    }
  }
}

// Two pieces that wait for each other: a team that did them one after the other would hang.
TEST(WorkerTeam, PiecesRunAtOnce) {
  WorkerTeam team(2);
  std::atomic<int> arrived = 0;
  std::set<int> workers;
  std::mutex mutex;
  team.Run(2, [&](int worker, std::size_t) {
    ++arrived;
    while (arrived < 2) std::this_thread::yield();
    std::lock_guard lock(mutex);
    workers.insert(worker);
  });
  EXPECT_EQ(workers.size(), 2u);
}

TEST(WorkerTeam, ManyRunsInARow) {
  WorkerTeam team(3);
  std::atomic<int> sum = 0;
  for (int run = 0; run < 2000; ++run) {
    team.Run(3, [&](int, std::size_t piece) { sum += static_cast<int>(piece); });
  }
  EXPECT_EQ(sum, 2000 * 3);
}

}  // namespace
}  // namespace zerod
