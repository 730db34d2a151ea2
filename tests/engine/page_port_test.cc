// The step protocol over control pages, both halves, and what a trainer may get wrong.
#include "engine/page_port.h"

#include <limits>
#include <thread>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/page_pair.h"

namespace zerod {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(PagePort, NumbersMayWrapAround) {
  PagePair pair(std::numeric_limits<std::uint32_t>::max() - 200);
  const auto attachment = pair.MakeOne();
  ASSERT_TRUE(pair.port.Attach(attachment).ok());
  TrainerEnd trainer = pair.EndOf(*attachment);
  constexpr std::uint64_t kSteps = 200;
  std::thread rank([&] {
    for (std::uint64_t step = 1; step <= kSteps; ++step) {
      ASSERT_TRUE(RunRankStep(pair.port, step).ok());
    }
  });
  for (std::uint64_t step = 1; step <= kSteps; ++step) {
    ASSERT_TRUE(RunTrainerStep(trainer, 1 + step % 3).ok());
    ASSERT_EQ(trainer.Result()->step, step);
    ASSERT_TRUE(trainer.WaitForWeights(1).ok());
  }
  EXPECT_TRUE(trainer.WaitForAllWeights().ok());
  EXPECT_LT(attachment->rank_page.header->sequence, 10'000u);  // it has wrapped
  rank.join();
}

TEST(PagePort, ATrainerThatNeverRingsIsNamedWithWhatIsMissing) {
  PagePair pair;
  const auto attachment = pair.MakeOne();
  attachment->trainer = "process 4711";
  ASSERT_TRUE(pair.port.Attach(attachment).ok());
  TrainerEnd trainer = pair.EndOf(*attachment);
  ASSERT_TRUE(trainer.Open({.micro_batches = 2}).ok());
  ASSERT_TRUE(trainer.MarkGradient(1, true).ok());
  ASSERT_TRUE(pair.port.WaitOpen().ok());
  EXPECT_TRUE(pair.port.WaitGradients(2, 0, Soon()).ok());
  const absl::Status late = pair.port.WaitGradients(1, 0, Shortly());
  EXPECT_EQ(late.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(std::string(late.message()),
              AllOf(HasSubstr("rank 1's trainer (process 4711)"), HasSubstr("parameter 'a'"),
                    HasSubstr("bucket 1, micro-batch 1 of 2")));
}

TEST(PagePort, AnAttemptThatItsTrainerGivesUpIsToldWithTheReason) {
  PagePair pair;
  const auto attachment = pair.MakeOne();
  ASSERT_TRUE(pair.port.Attach(attachment).ok());
  TrainerEnd trainer = pair.EndOf(*attachment);
  EXPECT_TRUE(trainer.Abort("nothing is open").ok());
  ASSERT_TRUE(trainer.Open({}).ok());
  ASSERT_TRUE(pair.port.WaitOpen().ok());
  ASSERT_TRUE(trainer.Abort("the batch was bad").ok());
  const absl::Status given_up = pair.port.WaitGradients(0, 0, Soon());
  EXPECT_THAT(std::string(given_up.message()),
              HasSubstr("rank 1's trainer gave step 1 up: the batch was bad"));
  pair.port.PublishAbort(given_up);
  EXPECT_TRUE(absl::IsAborted(trainer.MarkGradient(0, true)));
  EXPECT_TRUE(trainer.Open({}).ok());
}

TEST(PagePort, WhoGivesUpAndLeavesHasStillSaidWhy) {
  PagePair pair;
  const auto attachment = pair.MakeOne();
  ASSERT_TRUE(pair.port.Attach(attachment).ok());
  TrainerEnd trainer = pair.EndOf(*attachment);
  ASSERT_TRUE(trainer.Open({}).ok());
  ASSERT_TRUE(pair.port.WaitOpen().ok());
  ASSERT_TRUE(trainer.Abort("the batch was bad").ok());
  pair.port.Detach(attachment->id, "left");
  EXPECT_THAT(std::string(pair.port.WaitGradients(0, 0, Soon()).message()),
              HasSubstr("gave step 1 up: the batch was bad"));
}

TEST(PagePort, AReplacedTrainerIsToldAndCanDoNothingMore) {
  PagePair pair;
  const auto first = pair.MakeOne();
  const auto second = pair.MakeOne();
  ASSERT_TRUE(pair.port.Attach(first).ok());
  TrainerEnd old_trainer = pair.EndOf(*first);
  ASSERT_TRUE(old_trainer.Open({}).ok());
  ASSERT_TRUE(pair.port.WaitOpen().ok());
  EXPECT_EQ(pair.port.Attach(second).status().code(), absl::StatusCode::kAlreadyExists);
  ASSERT_TRUE(pair.port.Attach(second, true).ok());
  EXPECT_THAT(std::string(pair.port.WaitGradients(0, 0, Soon()).message()),
              HasSubstr("was replaced before it committed step 1"));
  TrainerEnd new_trainer = pair.EndOf(*second);
  std::thread rank([&] { EXPECT_TRUE(RunRankStep(pair.port, 1).ok()); });
  // The old one wakes up in the middle of its successor's step.
  ASSERT_TRUE(new_trainer.Open({}).ok());
  EXPECT_THAT(std::string(old_trainer.MarkGradient(0, true).message()),
              HasSubstr("another trainer has replaced this one"));
  EXPECT_FALSE(old_trainer.Step({}).ok());
  EXPECT_TRUE(absl::IsCancelled(old_trainer.WaitForAllWeights()));  // they are the successor's
  EXPECT_FALSE(pair.port.Commit(first->id, first->rank_page.header->sequence, {}).ok());
  for (std::size_t parameter : {0, 1}) {
    ASSERT_TRUE(new_trainer.MarkGradient(parameter, true).ok());
  }
  ASSERT_TRUE(new_trainer.Step({}).ok());
  EXPECT_EQ(new_trainer.Result()->step, 1u);
  rank.join();
}

TEST(PagePort, AClosedAttachmentEndsEveryWait) {
  PagePair pair;
  const auto attachment = pair.MakeOne();
  ASSERT_TRUE(pair.port.Attach(attachment).ok());
  TrainerEnd trainer = pair.EndOf(*attachment);
  ASSERT_TRUE(trainer.Open({}).ok());
  for (std::size_t parameter : {0, 1}) ASSERT_TRUE(trainer.MarkGradient(parameter, true).ok());
  std::thread closer([&] {
    absl::SleepFor(absl::Milliseconds(50));
    pair.port.Close(absl::NotFoundError("job 'x' was deleted"));
  });
  EXPECT_EQ(trainer.WaitForGradientBuffers(), absl::NotFoundError("job 'x' was deleted"));
  EXPECT_EQ(trainer.Step({}), absl::NotFoundError("job 'x' was deleted"));
  closer.join();
}

}  // namespace
}  // namespace zerod
