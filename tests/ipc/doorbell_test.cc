#include "ipc/doorbell.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <array>
#include <chrono>
#include <csignal>
#include <thread>

#include "gtest/gtest.h"
#include "ipc/arena.h"
#include "ipc/control_page.h"
#include "tests/ipc/forked_child.h"

namespace zerod {
namespace {

constexpr absl::Duration kNeverThatLong = absl::Seconds(20);
constexpr std::uint32_t kRounds = 100'000;

// Sleeps on the doorbell until `word` is `number`; false when nobody rang for very long.
bool Await(Doorbell& doorbell, const SharedWord& word, std::uint32_t number) {
  for (;;) {
    const std::uint32_t seen = doorbell.Count();
    if (word.load() == number) return true;
    const auto start = std::chrono::steady_clock::now();
    doorbell.Sleep(seen, kNeverThatLong);
    if (absl::FromChrono(std::chrono::steady_clock::now() - start) >= kNeverThatLong) return false;
  }
}

// Now and then awake for a while, so that rings meet sleepers, waking ones and those who are about
// to sleep.
void SpinSometimes(std::uint32_t round) {
  for (std::uint32_t i = 0; i < round % 13 * 40; ++i)
    std::atomic_signal_fence(std::memory_order_seq_cst);
}

int AnswerAsTrainer(const Arena& trainer_arena, const Arena& rank_arena) {
  const auto own = MappedArena::Map("trainer", trainer_arena.descriptor(), TrainerPageBytes(1, 1),
                                    PeerAccess::kReadWrite);
  const auto other =
      MappedArena::Map("rank", rank_arena.descriptor(), RankPageBytes(1), PeerAccess::kRead);
  if (!own.ok() || !other.ok()) return 2;
  const TrainerPage trainer = ViewTrainerPage(own->bytes(), 1, 1);
  const RankPage rank = ViewRankPage(other->bytes(), 1);
  Doorbell to_rank(trainer.header->bell, rank.header->sleeping);
  Doorbell from_rank(rank.header->bell, trainer.header->sleeping);
  for (std::uint32_t round = 1; round <= kRounds; ++round) {
    if (!Await(from_rank, rank.taken[0], round)) return 1;
    SpinSometimes(round);
    trainer.rung[0] = round;
    to_rank.Ring();
  }
  return 0;
}

TEST(Doorbell, LosesNoRingBetweenProcesses) {
  const Arena trainer_arena =
      *Arena::Create("trainer", TrainerPageBytes(1, 1), PeerAccess::kReadWrite);
  const Arena rank_arena = *Arena::Create("rank", RankPageBytes(1), PeerAccess::kRead);
  const pid_t child = ForkChild([&] { return AnswerAsTrainer(trainer_arena, rank_arena); });
  const TrainerPage trainer = ViewTrainerPage(trainer_arena.bytes(), 1, 1);
  const RankPage rank = ViewRankPage(rank_arena.bytes(), 1);
  Doorbell to_trainer(rank.header->bell, trainer.header->sleeping);
  Doorbell from_trainer(trainer.header->bell, rank.header->sleeping);
  std::uint32_t round = 1;
  for (; round <= kRounds; ++round) {
    rank.taken[0] = round;
    to_trainer.Ring();
    SpinSometimes(round * 7);
    if (!Await(from_trainer, trainer.rung[0], round)) break;
  }
  EXPECT_EQ(round, kRounds + 1);
  EXPECT_EQ(WaitForChild(child), 0);
}

// From here on this process is killed when it calls futex(2).
bool ForbidFutex() {
  std::array<sock_filter, 4> filter = {{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_futex, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  }};
  const sock_fprog program = {.len = filter.size(), .filter = filter.data()};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

int RingWithoutFutex(std::uint32_t sleeping_word) {
  SharedWord bell = 0;
  SharedWord sleeping = sleeping_word;
  Doorbell doorbell(bell, sleeping);
  if (!ForbidFutex()) return 1;
  for (int i = 0; i < 1000; ++i) doorbell.Ring();
  return bell == 1000 ? 0 : 2;
}

TEST(Doorbell, ARingToSomebodyAwakeMakesNoSystemCall) {
  EXPECT_EQ(RunInChild([] { return RingWithoutFutex(0); }), 0);
  EXPECT_EQ(RunInChild([] { return RingWithoutFutex(1); }), 128 + SIGSYS);  // this one does
}

TEST(Doorbell, SleepsUntilTheTimeoutWhenNobodyRings) {
  SharedWord bell = 0;
  SharedWord sleeping = 0;
  Doorbell doorbell(bell, sleeping);
  const auto start = std::chrono::steady_clock::now();
  doorbell.Sleep(doorbell.Count(), absl::Milliseconds(50));
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(50));
  EXPECT_EQ(sleeping.load(), 0u);
}

TEST(Doorbell, DoesNotSleepWhenItRangInTheMeantime) {
  SharedWord bell = 0;
  SharedWord sleeping = 0;
  Doorbell doorbell(bell, sleeping);
  const std::uint32_t seen = doorbell.Count();
  doorbell.Ring();
  doorbell.Sleep(seen, absl::InfiniteDuration());  // else the test would hang
  EXPECT_EQ(doorbell.Count(), seen + 1);
}

}  // namespace
}  // namespace zerod
