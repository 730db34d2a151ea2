// A fault at any collective of any rank costs at most the attempt: every run ends with the
// undisturbed run's bits.
#include <atomic>
#include <random>
#include <thread>

#include "comm/fault/fault_communicator.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/small_job.h"

namespace zerod {
namespace {

using testing::AllOf;
using testing::HasSubstr;

CommunicatorDecorator FaultAt(int faulty_rank, Fault fault) {
  return [=](std::unique_ptr<Communicator> comm, int rank, int formation) {
    if (rank != faulty_rank || formation != 0) return comm;
    return MakeFaultCommunicator(std::move(comm), {fault});
  };
}

class JobFaultTest : public testing::TestWithParam<FaultKind> {};

TEST_P(JobFaultTest, AnySingleFaultLeavesTheUndisturbedBits) {
  const Outcome undisturbed = Train(nullptr);
  EXPECT_EQ(undisturbed.aborted_attempts, 0u);
  EXPECT_EQ(undisturbed.telemetry.element_count, 40u * 31 + 77);
  std::uint64_t aborted = 0, rolled_forward = 0;
  for (int rank = 0; rank < kRanks; ++rank) {
    for (std::uint64_t collective = 0; collective < kCollectives; ++collective) {
      const Outcome outcome = Train(FaultAt(rank, {.collective = collective, .kind = GetParam()}));
      ASSERT_EQ(outcome.masters, undisturbed.masters)
          << "rank " << rank << ", collective " << collective;
      ASSERT_EQ(outcome.weights, undisturbed.weights)
          << "rank " << rank << ", collective " << collective;
      ASSERT_EQ(outcome.telemetry, undisturbed.telemetry)
          << "rank " << rank << ", collective " << collective;
      (outcome.aborted_attempts > 0 ? aborted : rolled_forward) += 1;
    }
  }
  // Faults before the decision cost the attempt, faults after it do not.
  EXPECT_GT(aborted, 30u);
  EXPECT_GT(rolled_forward, 20u);
}

INSTANTIATE_TEST_SUITE_P(Kinds, JobFaultTest,
                         testing::Values(FaultKind::kAbort, FaultKind::kAbortAfter),
                         [](const testing::TestParamInfo<FaultKind>& info) {
                           return info.param == FaultKind::kAbort ? "Abort" : "AbortAfter";
                         });

// Faults in several worlds in a row also meet the forming of the next one and the finishing of what
// was decided in the last.
TEST(JobFaults, RandomFaultsInManyWorldsLeaveTheUndisturbedBits) {
  const Outcome undisturbed = Train(nullptr);
  std::mt19937 random(1);
  for (int run = 0; run < 300; ++run) {
    // Per world and rank: where it fails, if it does.
    std::vector<std::vector<Fault>> faults(6 * kRanks);
    for (auto& fault : faults) {
      if (random() % 2 == 0) continue;
      const auto kind = random() % 2 == 0 ? FaultKind::kAbort : FaultKind::kAbortAfter;
      fault.push_back({.collective = random() % 16, .kind = kind});
    }
    const Outcome outcome = Train([&](std::unique_ptr<Communicator> comm, int rank, int formation) {
      if (formation >= 6) return comm;
      return MakeFaultCommunicator(std::move(comm), faults[formation * kRanks + rank]);
    });
    ASSERT_EQ(outcome.masters, undisturbed.masters) << "run " << run;
    ASSERT_EQ(outcome.weights, undisturbed.weights) << "run " << run;
    ASSERT_EQ(outcome.telemetry, undisturbed.telemetry) << "run " << run;
  }
}

TEST(JobFaults, ALostRankIsNoticedAtTheDeadlineAndNamed) {
  const auto job = MakeSmallJob(FaultAt(2, {.collective = 2, .kind = FaultKind::kLose}),
                                absl::Milliseconds(500));
  for (int rank : {0, 1}) ASSERT_TRUE(job->Attach(rank).ok());
  absl::Status other;
  std::thread thread([&] { other = TryStep(*job, 1, 1).status(); });
  const absl::Status status = TryStep(*job, 0, 1).status();
  thread.join();
  for (const absl::Status& seen : {status, other}) {
    EXPECT_EQ(seen.code(), absl::StatusCode::kAborted);
    EXPECT_THAT(std::string(seen.message()), AllOf(HasSubstr("step 1"), HasSubstr("rank 2")));
  }
}

TEST(JobFaults, AMuteTrainerIsNamedWithTheMissingParameter) {
  const auto job = MakeSmallJob(nullptr, absl::Milliseconds(500));
  for (int rank : {0, 1}) {
    ASSERT_TRUE(job->Attach(rank).ok());
    ASSERT_TRUE(job->trainer(rank).Open({}).ok());
  }
  ASSERT_TRUE(job->trainer(0).MarkGradient(0, true).ok());
  ASSERT_TRUE(job->trainer(0).MarkGradient(1, true).ok());
  ASSERT_TRUE(job->trainer(0).Step({}).ok());
  EXPECT_THAT(std::string(job->trainer(0).Result().status().message()),
              AllOf(HasSubstr("rank 1's trainer"), HasSubstr("'matrix'"), HasSubstr("in time")));
}

TEST(JobFaults, ATrainerThatLeavesCostsTheAttemptOnly) {
  const Outcome undisturbed = Train(nullptr);
  const auto job = MakeSmallJob(nullptr);
  ASSERT_TRUE(job->Attach(1).ok());
  ASSERT_TRUE(job->trainer(1).Open({}).ok());
  ASSERT_TRUE(job->trainer(1).MarkGradient(0, true).ok());
  std::thread survivor([&] { TrainRank(*job, 0); });
  absl::SleepFor(absl::Milliseconds(20));
  job->Detach(1);
  TrainRank(*job, 1);  // its replacement
  survivor.join();
  for (std::size_t parameter = 0; parameter < kParameters; ++parameter) {
    EXPECT_EQ(*(*job)->MasterWeights(parameter), undisturbed.masters[parameter]);
  }
}

TEST(JobFaults, ATrainerThatHasLeftBetweenStepsIsNamedAtOnce) {
  const auto job = MakeSmallJob(nullptr);
  std::thread other([&] { TrainRank(*job, 1); });
  TrainRank(*job, 0);
  other.join();
  job->Detach(1);
  for (int attempt = 0; attempt < 2; ++attempt) {
    const absl::Status status = TryStep(*job, 0, kSteps + 1).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
    EXPECT_THAT(std::string(status.message()), HasSubstr("rank 1's trainer has left"));
  }
}

TEST(JobFaults, AJobThatAllTrainersHaveLeftIsIdleAndCanBeTakenUpAgain) {
  const Outcome undisturbed = Train(nullptr);
  std::atomic<int> formations = 0;
  const auto job = MakeSmallJob([&](std::unique_ptr<Communicator> comm, int rank, int formation) {
    if (rank == 2) formations = formation + 1;
    return comm;
  });
  const auto attempt_and_leave = [&](int rank) {
    ASSERT_TRUE(job->Attach(rank).ok());
    ASSERT_TRUE(job->trainer(rank).Open({}).ok());
    job->Detach(rank);
  };
  attempt_and_leave(0);
  attempt_and_leave(1);
  absl::SleepFor(absl::Milliseconds(50));
  EXPECT_LT(formations, 10);  // nobody spins
  std::thread other([&] { TrainRank(*job, 1); });
  TrainRank(*job, 0);
  other.join();
  EXPECT_EQ(*(*job)->MasterWeights(0), undisturbed.masters[0]);
}

TEST(JobFaults, DisagreementIsNamedAndCanBeMended) {
  const auto job = MakeSmallJob(nullptr);
  const auto step = [&](int rank, double lr) -> absl::Status {
    TrainerEnd& trainer = job->trainer(rank);
    for (std::size_t parameter = 0; parameter < kParameters; ++parameter) {
      if (absl::Status marked = trainer.MarkGradient(parameter, false); !marked.ok()) return marked;
    }
    if (absl::Status committed = trainer.Step({.hyperparameters = {{.lr = lr}}}); !committed.ok())
      return committed;
    return trainer.Result().status();
  };
  for (int rank : {0, 1}) ASSERT_TRUE(job->Attach(rank).ok());
  absl::Status other;
  std::thread first([&] { other = step(1, 0.25); });
  const absl::Status status = step(0, 0.5);
  first.join();
  for (const absl::Status& seen : {status, other}) {
    EXPECT_EQ(seen.code(), absl::StatusCode::kAborted);
    EXPECT_THAT(std::string(seen.message()),
                HasSubstr("rank 1's lr of group 'default' is 0.25, rank 0's is 0.5"));
  }
  // Every call repeats it until it is acknowledged.
  EXPECT_EQ(job->trainer(0).MarkGradient(0, true), status);
  for (int rank : {0, 1}) ASSERT_TRUE(job->trainer(rank).Open({}).ok());
  std::thread second([&] { other = step(1, 0.5); });
  EXPECT_TRUE(step(0, 0.5).ok());
  second.join();
  EXPECT_TRUE(other.ok());
  EXPECT_EQ(job->trainer(0).Result()->attempt, 2u);
}

}  // namespace
}  // namespace zerod
