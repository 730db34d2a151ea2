// What a Communicator promises when something goes wrong.
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "tests/contract/communicator_contract.h"

namespace zerod {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST_P(CommunicatorContract, DifferingSizesAreNamedOnAllRanks) {
  OnAllRanks(2, [](Communicator& comm) {
    std::vector<std::byte> bytes(comm.rank() == 0 ? 8 : 9);
    const std::vector<ConstBytes> send(2, bytes);
    const std::vector<Bytes> receive(2, bytes);
    const absl::Status status = comm.AllToAllV(send, receive, Soon());
    EXPECT_THAT(std::string(status.message()), AllOf(HasSubstr("rank 0"), HasSubstr("rank 1"),
                                                     HasSubstr("9 bytes"), HasSubstr("expects 8")));
    EXPECT_EQ(comm.status(), status);
  });
}

TEST_P(CommunicatorContract, DifferingCollectivesAreNamedOnAllRanks) {
  OnAllRanks(2, [](Communicator& comm) {
    std::vector<std::int64_t> values(4);
    const absl::Status status =
        comm.rank() == 0 ? comm.Barrier(Soon()) : comm.AllReduceSum(values, Soon());
    EXPECT_THAT(std::string(status.message()),
                AllOf(HasSubstr("AllReduceSum"), HasSubstr("Barrier")));
  });
}

TEST_P(CommunicatorContract, DifferingRootsAreNamedOnAllRanks) {
  OnAllRanks(3, [](Communicator& comm) {
    std::vector<std::byte> bytes(8);
    const absl::Status differs = comm.Broadcast(comm.rank() == 2 ? 1 : 0, bytes, Soon());
    EXPECT_THAT(std::string(differs.message()),
                AllOf(HasSubstr("rank 2's root is 1"), HasSubstr("rank 0's is 0")));
  });
  OnAllRanks(2, [](Communicator& comm) {
    std::vector<std::byte> bytes(8);
    EXPECT_THAT(std::string(comm.Broadcast(2, bytes, Soon()).message()),
                AllOf(HasSubstr("root is 2"), HasSubstr("2 ranks")));
  });
}

TEST_P(CommunicatorContract, TooFewEntriesAreNamedOnAllRanks) {
  OnAllRanks(3, [](Communicator& comm) {
    std::vector<std::byte> bytes(8);
    const std::vector<ConstBytes> send(comm.rank() == 1 ? 2 : 3, bytes);
    const std::vector<Bytes> receive(3, bytes);
    EXPECT_THAT(std::string(comm.AllToAllV(send, receive, Soon()).message()),
                HasSubstr("rank 1 gives 2 send entries instead of 3"));
  });
}

// All come to the first barrier, so that none is late for the second only because it began late.
TEST_P(CommunicatorContract, AMissingRankIsNamedAtTheDeadline) {
  OnAllRanks(3, [](Communicator& comm) {
    ASSERT_TRUE(comm.Barrier(Soon()).ok());
    if (comm.rank() == 1) return;
    const absl::Status status = comm.Barrier(absl::Now() + absl::Milliseconds(500));
    EXPECT_EQ(status, absl::DeadlineExceededError("rank 1 did not join Barrier in time"));
  });
}

// Only those that are missing are named, wherever the others wait.
TEST_P(CommunicatorContract, AllMissingRanksAreNamedAtTheDeadline) {
  OnAllRanks(5, [](Communicator& comm) {
    ASSERT_TRUE(comm.Barrier(Soon()).ok());
    if (comm.rank() == 1 || comm.rank() == 4) return;
    const absl::Status status = comm.Barrier(absl::Now() + absl::Milliseconds(500));
    EXPECT_EQ(status, absl::DeadlineExceededError("rank 1, 4 did not join Barrier in time"));
  });
}

TEST_P(CommunicatorContract, AbortWakesEverybodyAndPoisonsForGood) {
  OnAllRanks(3, [](Communicator& comm) {
    if (comm.rank() == 2) {
      absl::SleepFor(absl::Milliseconds(20));
      comm.Abort(absl::AbortedError("first cause"));
      comm.Abort(absl::AbortedError("second cause"));
    }
    for (int attempt = 0; attempt < 2; ++attempt) {
      EXPECT_EQ(comm.Barrier(absl::InfiniteFuture()), absl::AbortedError("first cause"));
    }
    EXPECT_EQ(comm.status(), absl::AbortedError("first cause"));
  });
}

}  // namespace
}  // namespace zerod
