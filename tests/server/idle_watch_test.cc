#include "server/idle_watch.h"

#include <future>

#include "gtest/gtest.h"

namespace zerod {
namespace {

const absl::Status kTooSlow = absl::DeadlineExceededError("too slow");
const absl::Status kStopping = absl::UnavailableError("stopping");

TEST(IdleWatch, CancelsAReadThatTakesTooLong) {
  IdleWatch watch;
  std::promise<absl::Status> cancelled;
  IdleWatch::Call call(&watch, [&](const absl::Status& why) { cancelled.set_value(why); });
  call.BeginRead(absl::Milliseconds(1), kTooSlow);
  EXPECT_EQ(cancelled.get_future().get(), kTooSlow);
  EXPECT_EQ(call.EndRead(), kTooSlow);
}

TEST(IdleWatch, LeavesOthersAlone) {
  IdleWatch watch;
  std::promise<absl::Status> cancelled;
  IdleWatch::Call patient(&watch, [](const absl::Status&) { FAIL(); });
  IdleWatch::Call between_reads(&watch, [](const absl::Status&) { FAIL(); });
  IdleWatch::Call slow(&watch, [&](const absl::Status& why) { cancelled.set_value(why); });
  patient.BeginRead(absl::Hours(1), kTooSlow);
  between_reads.BeginRead(absl::Hours(1), kTooSlow);
  EXPECT_TRUE(between_reads.EndRead().ok());
  slow.BeginRead(absl::Milliseconds(1), kTooSlow);
  EXPECT_EQ(cancelled.get_future().get(), kTooSlow);
  EXPECT_TRUE(patient.EndRead().ok());
}

TEST(IdleWatch, StopCancelsAllAndThoseToCome) {
  IdleWatch watch;
  int cancelled_count = 0;
  const auto count = [&](const absl::Status&) { ++cancelled_count; };
  IdleWatch::Call first(&watch, count);
  watch.Stop(kStopping);
  watch.Stop(kTooSlow);  // once is enough
  EXPECT_EQ(first.EndRead(), kStopping);
  IdleWatch::Call later(&watch, count);
  EXPECT_EQ(later.EndRead(), kStopping);
  EXPECT_EQ(cancelled_count, 2);
}

}  // namespace
}  // namespace zerod
