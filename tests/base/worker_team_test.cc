#include "base/worker_team.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <system_error>

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

std::size_t ThreadCount() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

// Address space for about a dozen more threads, as long as this object lives.
class FewThreads {
 public:
  FewThreads() {
    pthread_getattr_default_np(&large_);
    pthread_attr_getstacksize(&large_, &stack_bytes_);
    pthread_attr_setstacksize(&large_, std::size_t{64} << 20);
    EXPECT_EQ(pthread_setattr_default_np(&large_), 0);
    std::size_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    EXPECT_EQ(getrlimit(RLIMIT_AS, &limit_), 0);
    rlimit low = limit_;
    low.rlim_cur = pages * static_cast<std::size_t>(getpagesize()) + (std::size_t{1} << 30);
    EXPECT_EQ(setrlimit(RLIMIT_AS, &low), 0);
  }
  ~FewThreads() {
    setrlimit(RLIMIT_AS, &limit_);
    pthread_attr_setstacksize(&large_, stack_bytes_);
    pthread_setattr_default_np(&large_);
    pthread_attr_destroy(&large_);
  }
  FewThreads(const FewThreads&) = delete;
  FewThreads& operator=(const FewThreads&) = delete;

 private:
  pthread_attr_t large_;
  std::size_t stack_bytes_ = 0;
  rlimit limit_{};
};

TEST(WorkerTeam, ThreadsThatCouldBeStartedEndWhenOthersCannot) {
  const std::size_t before = ThreadCount();
  {
    const FewThreads few;
    EXPECT_THROW(WorkerTeam(1000), std::system_error);
    EXPECT_NO_THROW(WorkerTeam(2));
  }
  EXPECT_EQ(ThreadCount(), before);
}

}  // namespace
}  // namespace zerod
