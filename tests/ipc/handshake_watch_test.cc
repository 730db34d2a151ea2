// What the listener notices of a trainer's end, and when.
#include <unistd.h>

#include <csignal>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ipc/handshake_listener.h"
#include "tests/ipc/listener_test_base.h"
#include "tests/ipc/trainer_process.h"

namespace zerod {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::StartsWith;

constexpr absl::Duration kAWhile = absl::Milliseconds(400);

class WatchTest : public ListenerTest {
 protected:
  // A trainer that has claimed an offer.
  void SetUp() override {
    Start();
    ticket_ = OfferLogged();
    ASSERT_EQ(trainer_.Ask(ClaimCommand(ticket_)), "ok 0");
    ASSERT_THAT(log_.WaitFor(1), ElementsAre(StartsWith("claimed by")));
  }

  TrainerProcess trainer_;
  Ticket ticket_;
};

TEST_F(WatchTest, AKilledTrainerIsNoticedAtOnce) {
  const absl::Time start = absl::Now();
  trainer_.Signal(SIGKILL);
  EXPECT_THAT(log_.WaitFor(3), ElementsAre(StartsWith("claimed by"), "ended", "gone"));
  EXPECT_LT(absl::Now() - start, absl::Seconds(1));
}

TEST_F(WatchTest, AStoppedTrainerStaysAttached) {
  trainer_.Signal(SIGSTOP);
  EXPECT_EQ(log_.WaitFor(2, kAWhile).size(), 1u);
  trainer_.Signal(SIGCONT);
  EXPECT_EQ(trainer_.Ask("alive"), "ok");
  EXPECT_EQ(log_.Events().size(), 1u);
}

TEST_F(WatchTest, ATrainerThatClosesItsAttachmentLeavesNothingBehind) {
  EXPECT_EQ(trainer_.Ask("close"), "ok");
  EXPECT_THAT(log_.WaitFor(3), ElementsAre(StartsWith("claimed"), "closed its attachment", "gone"));
  trainer_.Kill();
  EXPECT_EQ(log_.WaitFor(4, kAWhile).size(), 3u);
}

TEST_F(WatchTest, WithdrawingEndsItForTheTrainerAndIsNotReportedBack) {
  listener_->Withdraw(ticket_);
  EXPECT_THAT(trainer_.Ask("alive"), StartsWith("UNAVAILABLE"));
  EXPECT_THAT(log_.WaitFor(2), ElementsAre(StartsWith("claimed"), "gone"));
  trainer_.Kill();
  EXPECT_EQ(log_.WaitFor(3, kAWhile).size(), 2u);
}

TEST_F(WatchTest, AListenerThatDiesWaitsForNoProcess) {
  const Ticket unclaimed = OfferLogged();
  listener_.reset();
  EXPECT_THAT(log_.Events(), ElementsAre(StartsWith("claimed"), "gone", "gone"));
  EXPECT_THAT(trainer_.Ask("alive"), StartsWith("UNAVAILABLE"));
  EXPECT_THAT(trainer_.Ask(ClaimCommand(unclaimed)), StartsWith("UNAVAILABLE"));
}

TEST_F(WatchTest, OneProcessMayHoldSeveralAttachments) {
  TrainerProcess other;
  EXPECT_EQ(other.Ask(ClaimCommand(OfferLogged())), "ok 0");
  EXPECT_EQ(other.Ask(ClaimCommand(OfferLogged())), "ok 0");  // closes its first one's socket
  EXPECT_THAT(log_.WaitFor(5), Contains("closed its attachment"));
  other.Kill();
  const auto events = log_.WaitFor(7);
  EXPECT_EQ(events.size(), 7u);
  EXPECT_EQ(std::ranges::count(events, "gone"), 2);
  EXPECT_EQ(trainer_.Ask("alive"), "ok");
}

}  // namespace
}  // namespace zerod
