#include <thread>

#include "absl/time/clock.h"
#include "comm/fault/fault_communicator.h"
#include "comm/inproc/inproc_world.h"
#include "gmock/gmock.h"
#include "tests/contract/communicator_contract.h"

namespace zerod {
namespace {

using testing::HasSubstr;

std::vector<std::unique_ptr<Communicator>> MakeWorldWithFaults(int world_size, int faulty_rank,
                                                               std::vector<Fault> faults) {
  InprocWorld world(world_size);
  std::vector<std::unique_ptr<Communicator>> communicators;
  for (int rank = 0; rank < world_size; ++rank) {
    communicators.push_back(MakeFaultCommunicator(
        world.Connect(rank), rank == faulty_rank ? faults : std::vector<Fault>{}));
  }
  return communicators;
}

// Without faults, and with ranks that are merely late, the decorator keeps the contract.
INSTANTIATE_TEST_SUITE_P(Faultless, CommunicatorContract,
                         testing::Values(CommunicatorBackend{"faultless", [](int world_size) {
                                                               return MakeWorldWithFaults(
                                                                   world_size, 0, {});
                                                             }}));
INSTANTIATE_TEST_SUITE_P(
    Delayed, CommunicatorContract,
    testing::Values(CommunicatorBackend{
        "delayed", [](int world_size) {
          return MakeWorldWithFaults(
              world_size, world_size - 1,
              {{.collective = 0, .kind = FaultKind::kDelay, .delay = absl::Milliseconds(5)},
               {.collective = 3, .kind = FaultKind::kDelay, .delay = absl::Milliseconds(5)}});
        }}));

// Statuses of `collective_count` barriers on each of two ranks; rank 1 has the fault.
std::vector<std::vector<absl::Status>> RunBarriers(Fault fault, int collective_count) {
  auto world = MakeWorldWithFaults(2, 1, {fault});
  std::vector<std::vector<absl::Status>> statuses(2);
  std::vector<std::thread> threads;
  for (int rank = 0; rank < 2; ++rank) {
    threads.emplace_back([&, rank] {
      for (int i = 0; i < collective_count; ++i) {
        statuses[rank].push_back(world[rank]->Barrier(absl::Now() + absl::Seconds(1)));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return statuses;
}

TEST(FaultCommunicator, LossRunsThePeersIntoTheirDeadline) {
  const auto statuses = RunBarriers({.collective = 1, .kind = FaultKind::kLose}, 2);
  for (int rank = 0; rank < 2; ++rank) {
    EXPECT_TRUE(statuses[rank][0].ok());
    EXPECT_EQ(statuses[rank][1].code(), absl::StatusCode::kDeadlineExceeded);
  }
}

TEST(FaultCommunicator, AbortComesBeforeTheCollective) {
  const auto statuses = RunBarriers({.collective = 1, .kind = FaultKind::kAbort}, 2);
  for (int rank = 0; rank < 2; ++rank) {
    EXPECT_TRUE(statuses[rank][0].ok());
    EXPECT_THAT(std::string(statuses[rank][1].message()), HasSubstr("rank 1: injected fault"));
  }
}

TEST(FaultCommunicator, AbortAfterLosesOnlyTheFaultyRanksKnowledge) {
  const auto statuses = RunBarriers({.collective = 1, .kind = FaultKind::kAbortAfter}, 3);
  EXPECT_TRUE(statuses[0][1].ok());
  EXPECT_FALSE(statuses[1][1].ok());
  EXPECT_FALSE(statuses[0][2].ok());
}

}  // namespace
}  // namespace zerod
