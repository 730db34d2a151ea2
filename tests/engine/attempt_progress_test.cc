#include "engine/attempt_progress.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace zerod {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class AttemptProgressTest : public testing::Test {
 protected:
  static std::shared_ptr<const JobLayout> Layout() {
    JobSpec spec;
    spec.parameters = {{.name = "a", .shape = {300}},
                       {.name = "ice", .shape = {10}},
                       {.name = "b", .shape = {100}}};
    spec.groups = {{.name = "frozen", .patterns = {"ice"}, .frozen = true}, {}};
    spec.bucket_bytes = 512;
    return *JobLayout::Create(spec, {.shard_weights = {1}, .contributors = {0}});
  }

  const std::shared_ptr<const JobLayout> layout_ = Layout();
  AttemptProgress progress_{*layout_};
};

using Buckets = std::vector<std::size_t>;

TEST_F(AttemptProgressTest, ABucketIsCompleteWhenAllItsParametersAreMarked) {
  EXPECT_EQ(progress_.Mark(0, true), Buckets({0}));
  EXPECT_THAT(progress_.complete(), ElementsAre(1, 0));
  EXPECT_EQ(progress_.Mark(2, true), Buckets({1}));
  EXPECT_THAT(progress_.complete(), ElementsAre(1, 1));
  EXPECT_TRUE(progress_.CheckAllComplete().ok());
}

TEST_F(AttemptProgressTest, MarksThatCannotBeAreRefusedByName) {
  progress_.Mark(0, true);
  EXPECT_THAT(std::string(progress_.CheckMark(0).message()),
              HasSubstr("'a' was marked twice in micro-batch 1 of 1"));
  EXPECT_THAT(std::string(progress_.CheckTrainable(1).message()),
              HasSubstr("'ice' is frozen (group 'frozen')"));
  EXPECT_THAT(std::string(progress_.CheckAllComplete().message()), HasSubstr("'b' (of 1 missing)"));
}

TEST_F(AttemptProgressTest, MicroBatchesFollowOneAnother) {
  progress_.Begin(2);
  progress_.Mark(0, true);
  progress_.Mark(2, false);
  EXPECT_THAT(std::string(progress_.CheckAllComplete().message()), HasSubstr("only 1 of 2"));
  progress_.NextMicroBatch();
  EXPECT_TRUE(progress_.IsLastMicroBatch());
  EXPECT_EQ(progress_.micro_batch(), 1u);
  progress_.Mark(0, true);
  EXPECT_THAT(progress_.complete(), ElementsAre(2, 1));
  progress_.Mark(2, false);
  EXPECT_EQ(progress_.Absent(), (std::vector<std::uint8_t>{0, 0, 1}));
}

}  // namespace
}  // namespace zerod
