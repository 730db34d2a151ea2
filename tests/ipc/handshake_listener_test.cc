#include "ipc/handshake_listener.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ipc/arena.h"
#include "ipc/peer_process.h"
#include "tests/ipc/listener_test_base.h"
#include "tests/ipc/trainer_process.h"

namespace zerod {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr uid_t kOtherUid = 65534;

TEST_F(ListenerTest, HandsDescriptorsToAnotherProcess) {
  Start();
  const Arena first = *Arena::Create("first", 4096, PeerAccess::kRead);
  const Arena second = *Arena::Create("second", 8192, PeerAccess::kReadWrite);
  second.bytes()[17] = std::byte{42};
  TrainerProcess trainer;
  const Ticket ticket = OfferLogged({first.descriptor().number(), second.descriptor().number()});
  EXPECT_EQ(trainer.Ask(ClaimCommand(ticket)), "ok 2");
  EXPECT_EQ(trainer.Ask("map 1 8192"), "ok");
  EXPECT_EQ(trainer.Ask("peek 17"), "42");
  EXPECT_EQ(trainer.Ask("poke 18 43"), "ok");
  EXPECT_EQ(second.bytes()[18], std::byte{43});
  EXPECT_THAT(trainer.Ask("map 0 4096"), HasSubstr("can't be mapped"));  // not for writing
  EXPECT_EQ(trainer.Ask("alive"), "ok");
  EXPECT_THAT(log_.WaitFor(1),
              ElementsAre(absl::StrCat("claimed by ", trainer.pid(), " of uid ", geteuid())));
}

TEST_F(ListenerTest, WrongTicketsAreRefused) {
  Start();
  Ticket ticket = OfferLogged();
  ticket.back() ^= std::byte{1};
  const auto wrong = ClaimHere(ticket);
  EXPECT_EQ(wrong.status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_THAT(wrong.status().message(), AllOf(HasSubstr(path_), HasSubstr("wrong, used already")));
  EXPECT_THAT(refusals_.WaitFor(1), ElementsAre(HasSubstr("PERMISSION_DENIED")));
  ticket.back() ^= std::byte{1};
  EXPECT_TRUE(ClaimHere(ticket).ok());  // nobody has used up the right one
}

TEST_F(ListenerTest, TicketsAreGoodOnceAndAllRefusalsSoundAlike) {
  Start();
  const Ticket used = OfferLogged();
  const auto claim = ClaimHere(used);
  ASSERT_TRUE(claim.ok()) << claim.status();
  const absl::Status again = ClaimHere(used).status();
  EXPECT_EQ(again.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(ClaimHere(RandomTicket()).status(), again);
  EXPECT_TRUE(CheckAlive(claim->socket).ok());

  listener_.reset();
  Start({.ticket_lifetime = absl::Milliseconds(20)});
  const Ticket late = OfferLogged();
  absl::SleepFor(absl::Milliseconds(40));
  EXPECT_EQ(ClaimHere(late).status(), again);
}

TEST_F(ListenerTest, ATicketsLifetimeIsNotThatOfTheAttachment) {
  constexpr absl::Duration kLifetime = absl::Seconds(1);
  Start({.ticket_lifetime = kLifetime});
  const auto claim = ClaimHere(OfferLogged());
  ASSERT_TRUE(claim.ok()) << claim.status();
  EXPECT_EQ(log_.WaitFor(2, kLifetime + absl::Milliseconds(200)).size(), 1u);
  EXPECT_TRUE(CheckAlive(claim->socket).ok());
}

TEST_F(ListenerTest, WhatNobodyClaimsEndsAndIsGone) {
  Start({.ticket_lifetime = absl::Milliseconds(50)});
  OfferLogged();
  EXPECT_THAT(log_.WaitFor(2), ElementsAre("did not claim its descriptors within 50ms", "gone"));
}

TEST_F(ListenerTest, OtherUsersNeedToBeAllowed) {
  Start({.mode = 0666});
  const Ticket ticket = OfferLogged();
  if (geteuid() != 0) {  // who can't change its uid can only ask the rule itself
    EXPECT_FALSE(CheckMayClaim({.pid = 1, .uid = kOtherUid}, geteuid(), {}).ok());
    return;
  }
  TrainerProcess trainer;
  EXPECT_EQ(trainer.Ask(absl::StrCat("uid ", kOtherUid)), "ok");
  EXPECT_THAT(trainer.Ask(ClaimCommand(ticket)),
              AllOf(StartsWith("PERMISSION_DENIED"), HasSubstr("uid 65534 may not attach")));
  EXPECT_THAT(refusals_.WaitFor(1), ElementsAre(StartsWith("uid 65534: PERMISSION_DENIED")));
  EXPECT_TRUE(ClaimHere(ticket).ok());

  listener_.reset();
  Start({.mode = 0666, .allowed_uids = {kOtherUid}});
  EXPECT_EQ(trainer.Ask(ClaimCommand(OfferLogged())), "ok 0");

  listener_.reset();
  Start({.mode = 0600, .allowed_uids = {kOtherUid}});
  EXPECT_THAT(trainer.Ask(ClaimCommand(OfferLogged())),
              AllOf(StartsWith("PERMISSION_DENIED"), HasSubstr("file mode")));
}

TEST_F(ListenerTest, DescriptorsDoNotLeakOverManyCycles) {
  Start();
  const Arena arena = *Arena::Create("arena", 4096, PeerAccess::kReadWrite);
  const int here = OpenDescriptors();
  constexpr std::size_t kCycles = 500;
  {
    TrainerProcess trainer;
    const std::string there = trainer.Ask("descriptors");
    for (std::size_t i = 0; i < kCycles; ++i) {
      const int number = arena.descriptor().number();
      ASSERT_EQ(trainer.Ask(ClaimCommand(OfferLogged({number, number}))), "ok 2");
      ASSERT_EQ(trainer.Ask(i % 2 == 0 ? "map 0 4096" : "close"), "ok");
      ASSERT_THAT(trainer.Ask(ClaimCommand(RandomTicket())), StartsWith("PERMISSION_DENIED"));
    }
    EXPECT_EQ(trainer.Ask("close"), "ok");
    EXPECT_EQ(trainer.Ask("descriptors"), there);
    // The two pipes to the trainer; nothing else waits for its process to end.
    const auto is_back = [here] { return OpenDescriptors() == here + 2; };
    EXPECT_TRUE(Eventually(is_back)) << OpenDescriptors();
  }
  const auto events = log_.WaitFor(3 * kCycles);
  EXPECT_EQ(std::ranges::count(events, "gone"), kCycles);
  EXPECT_EQ(events.size(), 3 * kCycles);
}

TEST_F(ListenerTest, OffersClaimsAndWithdrawalsMayMeet) {
  Start();
  std::atomic<int> offered = 0;
  std::atomic<int> gone = 0;
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 50; ++i) {
        const Ticket ticket = listener_->Offer({.on_gone = [&gone] { ++gone; }});
        ++offered;
        std::thread claimer([&] { (void)ClaimHere(ticket); });
        if ((i + thread) % 3 != 0) listener_->Withdraw(ticket);
        claimer.join();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  listener_.reset();
  EXPECT_EQ(gone, offered);
}

TEST_F(ListenerTest, CallbacksMayOfferAndWithdraw) {
  Start({.ticket_lifetime = absl::Milliseconds(50)});
  Ticket second = {};
  HandshakeOffer offer = Logged();
  offer.on_ended = [&](const std::string&) {
    log_.Add("first ended");
    second = listener_->Offer({.on_gone = [this] { log_.Add("second gone"); }});
  };
  offer.on_gone = [&] {
    log_.Add("first gone");
    listener_->Withdraw(second);
  };
  listener_->Offer(std::move(offer));
  EXPECT_THAT(log_.WaitFor(3), ElementsAre("first ended", "first gone", "second gone"));
}

TEST_F(ListenerTest, WithdrawnOffersCanNotBeClaimed) {
  Start();
  const Ticket ticket = OfferLogged();
  absl::SleepFor(absl::Milliseconds(50));  // the listener's thread sleeps by then
  listener_->Withdraw(ticket);
  EXPECT_THAT(log_.WaitFor(1, absl::Seconds(5)), ElementsAre("gone"));  // before its deadline
  EXPECT_EQ(ClaimHere(ticket).status().code(), absl::StatusCode::kPermissionDenied);
  listener_->Withdraw(ticket);  // nothing happens
}

}  // namespace
}  // namespace zerod
