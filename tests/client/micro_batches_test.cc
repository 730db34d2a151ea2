// Steps with different numbers of micro-batches: the reduced gradients change their width.
#include <atomic>
#include <thread>

#include "gtest/gtest.h"
#include "tests/client/training_run.h"
#include "tests/engine/job_specs.h"

namespace zerod {
namespace {

const std::vector<std::uint32_t> kMicroBatches = {1, 3, 1, 2, 2, 1};

std::vector<std::vector<float>> TrainWithChanges(const std::vector<RankOptions>& ranks,
                                                 bool with_reader) {
  const JobSpec spec = OddModel();
  const InitialValues initial(spec);
  const auto job = *Embedded::Create({.ranks = ranks}, spec, initial.views);
  std::atomic<bool> done = false;
  std::thread reader([&] {
    while (with_reader && !done) (void)job->MasterWeights(0);
  });
  std::vector<std::thread> threads;
  for (int rank : {0, 1}) {
    threads.emplace_back([&, rank] {
      const auto trainer = *job->Attach(rank);
      std::uint64_t step = 0;
      for (std::uint32_t micro_batches : kMicroBatches) {
        const auto result = RunTrainer(*trainer, rank, ++step,
                                       {.steps = 1, .micro_batches = micro_batches}, nullptr);
        ASSERT_TRUE(result.ok()) << result.status();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  done = true;
  reader.join();
  std::vector<std::vector<float>> masters;
  for (std::size_t i = 0; i < spec.parameters.size(); ++i)
    masters.push_back(*job->MasterWeights(i));
  return masters;
}

TEST(MicroBatches, TheirNumberMayChangeFromStepToStep) {
  const auto expected = TrainWithChanges({{.shard_weight = 1}, {.shard_weight = 0}}, false);
  EXPECT_EQ(TrainWithChanges({{}, {}}, false), expected);
  EXPECT_EQ(TrainWithChanges({{.shard_weight = 3}, {}, {.trainer = false}}, false), expected);
}

TEST(MicroBatches, MastersMayBeReadMeanwhile) {
  const auto expected = TrainWithChanges({{}, {}}, false);
  EXPECT_EQ(TrainWithChanges({{}, {}}, true), expected);
}

TEST(MicroBatches, WhatDoesNotFitAbortsTheAttemptByName) {
  JobSpec spec;
  spec.parameters = {{.name = "w", .shape = {1024, 1024}}};
  const InitialValues initial(spec);
  // Room for the job (9.1 MiB), but not for fp32 accumulators beside it.
  const auto job = *Embedded::Create({.memory_limit_bytes = 10u << 20}, spec, initial.views);
  const auto trainer = *job->Attach(0);
  ASSERT_TRUE(trainer->Open({.micro_batches = 2}).ok());
  absl::Status seen;
  while (seen.ok()) seen = trainer->WaitForGradientBuffers();
  EXPECT_EQ(seen.code(), absl::StatusCode::kAborted);
  EXPECT_NE(seen.message().find("reduced_gradients do not fit"), absl::string_view::npos) << seen;
  // With one micro-batch it goes on.
  ASSERT_TRUE(trainer->Open({.micro_batches = 1}).ok());
  FillGradient(0, 1, 0, 0, trainer->Gradient(0));
  ASSERT_TRUE(trainer->MarkGradientReady(0).ok());
  ASSERT_TRUE(trainer->Step({}).ok());
  EXPECT_TRUE(trainer->WaitForAllWeights().ok());
}

}  // namespace
}  // namespace zerod
