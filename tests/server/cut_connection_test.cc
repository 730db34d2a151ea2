// A trainer whose connection for calls breaks again and again: its commits count once each.
#include <atomic>
#include <thread>

#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/engine/job_specs.h"
#include "tests/server/cutting_proxy.h"
#include "tests/server/sidecar_run.h"

namespace zerod {
namespace {

constexpr std::uint64_t kSteps = 300;

TEST(CutConnection, EveryCommitCountsOnce) {
  const Daemons daemons;
  CuttingProxy proxy(daemons.folder() + "/proxy", daemons.folder() + "/0");
  const auto service = Service::Connect({.address = "unix:" + daemons.folder() + "/proxy"});
  ASSERT_TRUE(service.ok()) << service.status();
  const JobSpec spec = OddModel();
  const InitialValues initial(spec);
  ASSERT_TRUE((*service)->CreateJob(spec, {}, "", initial.views).ok());
  const auto trainer = (*service)->Attach({.job = spec.name});
  ASSERT_TRUE(trainer.ok()) << trainer.status();
  std::atomic<bool> done = false;
  int cuts = 0;
  std::thread cutting([&] {
    // Longer and longer, so that on any machine some step gets through in between.
    for (; !done; ++cuts) {
      absl::SleepFor(absl::Milliseconds(10 + 2 * cuts));
      proxy.Cut();
    }
  });
  std::vector<double> norms;
  const auto result = RunTrainer(**trainer, 0, 1, {.steps = kSteps}, &norms);
  done = true;
  cutting.join();
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->step, kSteps);
  EXPECT_GT(cuts, 1);
  EXPECT_EQ(norms, Train(EmbeddedWorld(1, {}), spec, {.steps = kSteps}).norms);
}

}  // namespace
}  // namespace zerod
