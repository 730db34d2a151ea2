// Trainers that come, go and are told late.
#include <algorithm>
#include <thread>

#include "absl/time/clock.h"
#include "comm/fault/fault_communicator.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/small_job.h"

namespace zerod {
namespace {

using testing::HasSubstr;

// Both ranks change hands as fast as they can, so that attaching meets every state of the other
// side; the deadline makes a lost wake-up fail instead of hang.
TEST(JobAttach, ManyHandoversLoseNoWakeUp) {
  const auto job = MakeSmallJob(nullptr, absl::Seconds(20));
  const auto hand_over = [&](int rank) {
    for (int round = 0; round < 100; ++round) {
      ASSERT_TRUE(job->Attach(rank).ok());
      absl::StatusOr<StepResult> result;
      do {
        result = TryStep(*job, rank, static_cast<std::uint64_t>(round) + 1);
        ASSERT_FALSE(absl::IsDeadlineExceeded(result.status()));
      } while (absl::IsAborted(result.status()));
      ASSERT_TRUE(result.ok()) << result.status();
      job->Detach(rank);
    }
  };
  std::thread other([&] { hand_over(1); });
  hand_over(0);
  other.join();
  ASSERT_TRUE(job->Attach(0).ok());
  ASSERT_TRUE(job->trainer(0).WaitForAllWeights().ok());
  EXPECT_EQ(job->trainer(0).Result()->step, 100u);
}

TEST(JobAttach, AnAbortThatNobodyHasSeenIsNotAcknowledgedByOpen) {
  const auto job = MakeSmallJob(nullptr);
  for (int rank : {0, 1}) ASSERT_TRUE(job->Attach(rank).ok());
  TrainerEnd& trainer = job->trainer(0);
  for (std::size_t parameter = 0; parameter < kParameters; ++parameter) {
    ASSERT_TRUE(trainer.MarkGradient(parameter, false).ok());
  }
  ASSERT_TRUE(trainer.Step({}).ok());
  ASSERT_TRUE(job->trainer(1).Open({}).ok());
  job->Detach(1);
  // Waits for the decision, and must not take the next batch for the lost one.
  EXPECT_TRUE(absl::IsAborted(trainer.Open({})));
  EXPECT_TRUE(trainer.Open({}).ok());
}

TEST(JobAttach, AnAbortedAttemptLeavesNoTraceInTheNext) {
  const auto job = MakeSmallJob(nullptr);
  for (int rank : {0, 1}) ASSERT_TRUE(job->Attach(rank).ok());
  ASSERT_TRUE(job->trainer(0).Open({.micro_batches = 4, .loss_scale = 8}).ok());
  ASSERT_TRUE(job->trainer(1).Open({.micro_batches = 2}).ok());
  absl::Status seen;
  while (seen.ok()) seen = job->trainer(0).WaitForGradientBuffers();
  EXPECT_THAT(std::string(seen.message()), HasSubstr("rank 1's micro_batches is 2, rank 0's is 4"));
  while (job->trainer(1).WaitForGradientBuffers().ok()) {
  }
  // Open({}) means "as in the step before", of which there is none yet: the job's own.
  std::thread other([&] { EXPECT_TRUE(TryStep(*job, 1, 1).ok()); });
  EXPECT_EQ(TryStep(*job, 0, 1)->attempt, 2u);
  other.join();
}

TEST(JobAttach, ACommittedStepSurvivesItsTrainersReplacement) {
  const auto job = MakeSmallJob(nullptr);
  for (int rank : {0, 1}) ASSERT_TRUE(job->Attach(rank).ok());
  for (std::size_t parameter = 0; parameter < kParameters; ++parameter) {
    ASSERT_TRUE(job->trainer(0).MarkGradient(parameter, false).ok());
  }
  ASSERT_TRUE(job->trainer(0).Step({.step = 1, .max_grad_norm = 1.0}).ok());
  job->Detach(0);
  ASSERT_TRUE(job->Attach(0).ok());
  EXPECT_EQ(TryStep(*job, 1, 1)->attempt, 1u);
  EXPECT_EQ(job->trainer(0).Result()->step, 1u);
}

// What its successor writes must not reach a step that is committed and not yet reduced.
TEST(JobAttach, ASuccessorGetsGradientsOfItsOwn) {
  const auto job = MakeSmallJob(nullptr);
  ASSERT_TRUE(job->Attach(0).ok());
  std::byte* first = job->Gradient(0, 0).bytes.data();
  for (std::size_t parameter = 0; parameter < kParameters; ++parameter) {
    ASSERT_TRUE(job->trainer(0).MarkGradient(parameter, false).ok());
  }
  ASSERT_TRUE(job->trainer(0).Step({}).ok());
  job->Detach(0);
  ASSERT_TRUE(job->Attach(0).ok());
  EXPECT_NE(job->Gradient(0, 0).bytes.data(), first);
  const TensorView fresh = job->Gradient(0, 0);
  EXPECT_TRUE(std::ranges::all_of(fresh.bytes, [](std::byte b) { return b == std::byte{0}; }));
}

TEST(JobAttach, ATrainerThatDoesNotOpenTheStepIsNamed) {
  const auto job = MakeSmallJob(nullptr, absl::Milliseconds(100));
  ASSERT_TRUE(job->Attach(0).ok());
  const auto idle = *(*job)->Attach(1);
  (*job)->NameTrainer(1, idle->id, "process 4711");
  for (std::size_t parameter = 0; parameter < kParameters; ++parameter) {
    ASSERT_TRUE(job->trainer(0).MarkGradient(parameter, false).ok());
  }
  ASSERT_TRUE(job->trainer(0).Step({}).ok());
  const absl::Status late = job->trainer(0).Result().status();
  EXPECT_TRUE(absl::IsAborted(late));
  EXPECT_THAT(std::string(late.message()),
              HasSubstr("rank 1's trainer (process 4711) had not opened it"));
}

TEST(JobAttach, DrainingLetsADecidedStepEndAndNoOtherBegin) {
  // The third rank is slow to gather its first weights: after it has reconciled, opened, reduced
  // and committed.
  const auto delay_gather = [](std::unique_ptr<Communicator> comm, int rank, int) {
    if (rank != 2) return comm;
    return MakeFaultCommunicator(
        std::move(comm), {{.collective = 8, .kind = FaultKind::kDelay, .delay = absl::Seconds(2)}});
  };
  const auto job = MakeSmallJob(delay_gather);
  for (int rank : {0, 1}) ASSERT_TRUE(job->Attach(rank).ok());
  std::thread other([&] { EXPECT_TRUE(TryStep(*job, 1, 1).ok()); });
  ASSERT_TRUE(TryStep(*job, 0, 1).ok());
  other.join();
  const absl::Status why = absl::UnavailableError("the daemon is stopping");
  EXPECT_FALSE((*job)->Drain(why, absl::Now()));
  EXPECT_TRUE((*job)->Drain(why, absl::Now() + absl::Seconds(20)));
  EXPECT_EQ(TryStep(*job, 0, 2).status(), why);
  (*job)->Close(why);
  EXPECT_TRUE(job->trainer(0).WaitForAllWeights().ok());
}

// The memory limit has room for the gradients of one trainer.
TEST(JobAttach, AReplacementGetsTheMemoryOfWhomItReplaces) {
  JobSpec spec;
  spec.parameters = {{.name = "matrix", .shape = {1024, 1024}}};
  auto layout = *JobLayout::Create(spec, {.shard_weights = {1}, .contributors = {0}});
  const auto make_job = [&](std::uint64_t limit_bytes) {
    auto budget = MemoryBudget::Create(limit_bytes);
    auto job = *Job::Create({.layout = layout, .budget = budget, .share_memory = true});
    const std::vector<float> matrix(std::size_t{1024} * 1024, 0.5f);
    EXPECT_TRUE(job->LoadValues(0, 0, ConstTensorView::Of(matrix)).ok());
    EXPECT_TRUE(job->Start().ok());
    return std::pair(std::move(job), std::move(budget));
  };
  auto [roomy_job, roomy_budget] = make_job(std::uint64_t{1} << 30);
  std::shared_ptr<Attachment> attachment = *roomy_job->Attach(0);
  const auto [job, budget] = make_job(roomy_budget->held_bytes());
  attachment = *job->Attach(0);
  TrainerEnd trainer = AttachLocally(*job, 0, *attachment);
  ASSERT_TRUE(trainer.Open({}).ok());
  attachment.reset();
  const auto replacement = job->Attach(0, true);
  ASSERT_TRUE(replacement.ok()) << replacement.status();
  EXPECT_EQ(budget->held_bytes(), budget->limit_bytes());
}

}  // namespace
}  // namespace zerod
