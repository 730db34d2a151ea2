// Commits that come more than once, or whose answers do not.
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/page_pair.h"

namespace zerod {
namespace {

TEST(PagePort, ACommitWhoseAnswerIsLostCountsOnce) {
  PagePair pair;
  const auto attachment = pair.MakeOne();
  ASSERT_TRUE(pair.port.Attach(attachment).ok());
  bool is_lost = false;
  TrainerEnd trainer = pair.EndOf(*attachment, [&](const absl::Status& answer) {
    return is_lost ? absl::DeadlineExceededError("no answer came") : answer;
  });
  for (const std::uint64_t step : {1, 2}) {
    ASSERT_TRUE(trainer.Open({}).ok());
    for (std::size_t parameter : {0, 1}) ASSERT_TRUE(trainer.MarkGradient(parameter, true).ok());
    is_lost = true;
    EXPECT_EQ(trainer.Step({.step = step}).code(), absl::StatusCode::kDeadlineExceeded);
    is_lost = false;
    // Asked again before the decision, and after it.
    const auto ask_again = [&] { EXPECT_TRUE(trainer.Step({.step = step}).ok()); };
    if (step == 1) ask_again();
    ASSERT_TRUE(RunRankStep(pair.port, step).ok());
    if (step == 2) ask_again();
    EXPECT_EQ(trainer.Result()->step, step);
    EXPECT_EQ(trainer.Step({.step = step + 1}).code(), absl::StatusCode::kFailedPrecondition);
  }
}

TEST(PagePort, ACommitCountsOncePerAttempt) {
  PagePair pair;
  const auto attachment = pair.MakeOne();
  ASSERT_TRUE(pair.port.Attach(attachment).ok());
  TrainerEnd trainer = pair.EndOf(*attachment);
  const std::uint32_t sequence = attachment->rank_page.header->sequence;
  EXPECT_EQ(pair.port.Commit(attachment->id, sequence, {}).code(),
            absl::StatusCode::kFailedPrecondition);
  std::thread rank([&] { EXPECT_TRUE(RunRankStep(pair.port, 1).ok()); });
  ASSERT_TRUE(RunTrainerStep(trainer, 1).ok());
  EXPECT_TRUE(pair.port.Commit(attachment->id, sequence, {}).ok());
  EXPECT_EQ(trainer.Result()->step, 1u);
  EXPECT_TRUE(pair.port.Commit(attachment->id, sequence, {}).ok());
  EXPECT_TRUE(absl::IsAborted(pair.port.Commit(attachment->id, sequence + 7, {})));
  rank.join();
}

}  // namespace
}  // namespace zerod
