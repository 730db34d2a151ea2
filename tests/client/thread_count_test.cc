// Which threads a job has, that they work, and what becomes of a job that gets none.
#include <pthread.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/bad_input.h"
#include "tests/client/training_run.h"
#include "tests/engine/job_specs.h"

namespace zerod {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// How often each thread of this process has gone to sleep, by its id.
std::map<std::string, std::uint64_t> Sleeps() {
  std::map<std::string, std::uint64_t> sleeps;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream status(task.path() / "status");
    for (std::string word; status >> word;) {
      if (word == "voluntary_ctxt_switches:") status >> sleeps[task.path().filename()];
    }
  }
  return sleeps;
}

// The threads that `after` has and `before` has not.
std::vector<std::string> Added(const std::map<std::string, std::uint64_t>& before,
                               const std::map<std::string, std::uint64_t>& after) {
  std::vector<std::string> added;
  for (const auto& [id, sleeps] : after) {
    if (!before.contains(id)) added.push_back(id);
  }
  return added;
}

// How many threads a job has while it trains.
std::size_t CountThreads(const std::vector<RankOptions>& ranks, int threads_per_rank) {
  const JobSpec spec = LargeModel();
  const InitialValues initial(spec);
  const auto before = Sleeps();
  const auto job = *Embedded::Create({.ranks = ranks, .threads_per_rank = threads_per_rank}, spec,
                                     initial.views);
  const auto trainer = *job->Attach(0);
  EXPECT_TRUE(RunTrainer(*trainer, 0, 1, {.steps = 1}, nullptr).ok());
  return Added(before, Sleeps()).size();
}

TEST(ThreadCount, RanksWithStateHaveTheirOwnAndTheOthersNone) {
  const std::vector<RankOptions> ranks = {
      {}, {.shard_weight = 0, .trainer = false}, {.shard_weight = 2, .trainer = false}};
  const std::size_t alone = CountThreads(ranks, 1);
  EXPECT_EQ(alone, ranks.size() + 1);  // and the communicator's
  EXPECT_EQ(CountThreads(ranks, 2), alone + 2 * 1);
  EXPECT_EQ(CountThreads(ranks, 4), alone + 2 * 3);
}

TEST(ThreadCount, AllAreWokenToWork) {
  const JobSpec spec = LargeModel();
  const InitialValues initial(spec);
  const auto before = Sleeps();
  const auto job = *Embedded::Create({.threads_per_rank = 3}, spec, initial.views);
  const auto trainer = *job->Attach(0);
  ASSERT_TRUE(RunTrainer(*trainer, 0, 1, {.steps = 1}, nullptr).ok());
  const auto started = Sleeps();
  const std::vector<std::string> threads = Added(before, started);
  // Not all of a team need be awake before a step's work is done.
  std::size_t woken = 0;
  for (std::uint64_t step = 2; woken < 3 && step <= 500; ++step) {
    ASSERT_TRUE(RunTrainer(*trainer, 0, step, {.steps = 1}, nullptr).ok());
    const auto sleeps = Sleeps();
    woken = 0;
    for (const std::string& id : threads) {
      if (sleeps.at(id) > started.at(id) + 3) ++woken;
    }
  }
  EXPECT_EQ(woken, 3u);
}

// No thread can be started: stacks as large as the address space are asked for.
class NoThreads {
 public:
  NoThreads() {
    pthread_getattr_default_np(&attributes_);
    pthread_attr_getstacksize(&attributes_, &stack_bytes_);
    Set(std::size_t{1} << 47);
  }
  ~NoThreads() {
    Set(stack_bytes_);
    pthread_attr_destroy(&attributes_);
  }
  NoThreads(const NoThreads&) = delete;
  NoThreads& operator=(const NoThreads&) = delete;

 private:
  void Set(std::size_t stack_bytes) {
    EXPECT_EQ(pthread_attr_setstacksize(&attributes_, stack_bytes), 0);
    EXPECT_EQ(pthread_setattr_default_np(&attributes_), 0);
  }

  pthread_attr_t attributes_;
  std::size_t stack_bytes_ = 0;
};

// With one thread per rank it is the rank's own that is missing.
TEST(ThreadCount, AJobThatGetsNoneIsRefused) {
  const JobSpec spec = TwoMatrices();
  const InitialValues initial(spec);
  for (int threads : {1, 2}) {
    const NoThreads none;
    EXPECT_THAT(Embedded::Create({.threads_per_rank = threads}, spec, initial.views).status(),
                IsError(absl::StatusCode::kResourceExhausted,
                        AllOf(HasSubstr("rank 0: its threads can't be started"),
                              HasSubstr("fewer threads per rank"))));
  }
  EXPECT_TRUE(Embedded::Create({.threads_per_rank = 2}, spec, initial.views).ok());
}

}  // namespace
}  // namespace zerod
