// A trainer's page that holds what no trainer has written.
#include <atomic>
#include <random>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/page_pair.h"

namespace zerod {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(ForeignPage, ANumberThatNobodyCanHaveRungIsNamed) {
  PagePair pair;
  const auto attachment = pair.MakeOne();
  ASSERT_TRUE(pair.port.Attach(attachment).ok());
  TrainerEnd trainer = pair.EndOf(*attachment);
  ASSERT_TRUE(trainer.Open({}).ok());
  ASSERT_TRUE(pair.port.WaitOpen().ok());
  attachment->trainer_page.rung[1] = 1'000'000;
  const absl::Status garbage = pair.port.WaitGradients(1, 0, Soon());
  EXPECT_EQ(garbage.code(), absl::StatusCode::kAborted);
  EXPECT_THAT(
      std::string(garbage.message()),
      AllOf(HasSubstr("rank 1's trainer rang bucket 1 with number 1000000"), HasSubstr("damaged")));
  EXPECT_THAT(std::string(trainer.WaitForGradientBuffers().message()), HasSubstr("was sent away"));
  EXPECT_TRUE(pair.port.Attach(pair.MakeOne()).ok());  // its place is free
}

TEST(ForeignPage, AnImpossibleOpeningIsNamedAndItsTrainerSentAway) {
  PagePair pair;
  const auto attachment = pair.MakeOne();
  ASSERT_TRUE(pair.port.Attach(attachment).ok());
  attachment->trainer_page.header->micro_batches = 0;
  attachment->trainer_page.header->opened = attachment->rank_page.header->sequence.load();
  const absl::Status refused = pair.port.WaitOpen().status();
  EXPECT_THAT(std::string(refused.message()),
              AllOf(HasSubstr("rank 1's trainer opened step 1"), HasSubstr("micro_batches")));
  EXPECT_FALSE(pair.port.IsOpen());  // so the rank does not spin on it
  EXPECT_NE(attachment->rank_page.header->closed, 0u);
}

TEST(ForeignPage, AnOpeningFromTheFutureIsNamed) {
  PagePair pair;
  const auto attachment = pair.MakeOne();
  ASSERT_TRUE(pair.port.Attach(attachment).ok());
  attachment->trainer_page.header->opened = attachment->rank_page.header->sequence + 5;
  EXPECT_THAT(std::string(pair.port.WaitOpen().status().message()),
              HasSubstr("rank 1's trainer opened an attempt with number 6"));
}

TEST(ForeignPage, APageFullOfNoiseNeitherCrashesNorHangsTheRank) {
  PagePair pair;
  const auto attachment = pair.MakeOne();
  ASSERT_TRUE(pair.port.Attach(attachment).ok());
  TrainerEnd trainer = pair.EndOf(*attachment);
  std::atomic<bool> stop = false;
  ASSERT_TRUE(trainer.Open({}).ok());
  ASSERT_TRUE(pair.port.WaitOpen().ok());
  std::thread noise([&] {
    std::mt19937 random(7);
    auto& page = attachment->trainer_page;
    while (!stop) {
      page.header->bell = random();
      page.header->sleeping = random() % 2;
      page.header->opened = random();
      page.header->micro_batches = random();
      for (SharedWord& word : page.marked) word = random();
    }
  });
  const absl::Time begin = absl::Now();
  const absl::Status late = pair.port.WaitGradients(0, 0, Shortly());
  EXPECT_LT(absl::Now() - begin, absl::Seconds(5));
  EXPECT_FALSE(late.ok());
  stop = true;
  noise.join();
}

}  // namespace
}  // namespace zerod
