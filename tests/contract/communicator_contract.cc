#include "tests/contract/communicator_contract.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "absl/time/clock.h"

namespace zerod {
namespace {

// What rank `from` sends to rank `to` in `round`: other sizes for every pair, some empty.
std::vector<std::byte> Message(int from, int to, int round) {
  std::vector<std::byte> message(static_cast<std::size_t>((from * 7 + to * 3 + round) % 5 * 11));
  for (std::size_t i = 0; i < message.size(); ++i) {
    message[i] = static_cast<std::byte>(from * 31 + to * 17 + round + static_cast<int>(i));
  }
  return message;
}

absl::Status ExchangeAndCheck(Communicator& comm, int round) {
  const int world_size = comm.world_size();
  std::vector<std::vector<std::byte>> sent, received;
  for (int peer = 0; peer < world_size; ++peer) {
    sent.push_back(Message(comm.rank(), peer, round));
    received.emplace_back(Message(peer, comm.rank(), round).size());
  }
  const std::vector<ConstBytes> send(sent.begin(), sent.end());
  const std::vector<Bytes> receive(received.begin(), received.end());
  absl::Status status = comm.AllToAllV(send, receive, Soon());
  if (!status.ok()) return status;
  for (int peer = 0; peer < world_size; ++peer) {
    EXPECT_EQ(received[peer], Message(peer, comm.rank(), round)) << "from " << peer;
  }
  return status;
}

std::int64_t Nanoseconds() {
  return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

absl::Time Soon() { return absl::Now() + absl::Seconds(60); }

void CommunicatorContract::OnAllRanks(int world_size,
                                      const std::function<void(Communicator&)>& body) {
  std::vector<std::unique_ptr<Communicator>> world = GetParam().make_world(world_size);
  std::vector<std::thread> threads;
  for (auto& comm : world) {
    if (comm != nullptr) threads.emplace_back([&body, &comm] { body(*comm); });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_P(CommunicatorContract, KnowsItsPlace) {
  const auto world = GetParam().make_world(3);
  ASSERT_EQ(world.size(), 3u);
  for (int rank = 0; rank < 3; ++rank) {
    if (world[rank] == nullptr) continue;
    EXPECT_EQ(world[rank]->rank(), rank);
    EXPECT_EQ(world[rank]->world_size(), 3);
    EXPECT_TRUE(world[rank]->status().ok());
  }
}

TEST_P(CommunicatorContract, AllToAllVMovesEveryPairsBytes) {
  for (int world_size : {1, 2, 3, 5}) {
    OnAllRanks(world_size, [](Communicator& comm) {
      for (int round = 0; round < 20; ++round) ASSERT_TRUE(ExchangeAndCheck(comm, round).ok());
    });
  }
}

TEST_P(CommunicatorContract, AllToAllVLeavesWhatIsInPlace) {
  OnAllRanks(2, [](Communicator& comm) {
    std::vector<std::byte> own(8, std::byte{5});
    std::vector<ConstBytes> send(2);
    std::vector<Bytes> receive(2);
    send[comm.rank()] = own;
    receive[comm.rank()] = own;
    ASSERT_TRUE(comm.AllToAllV(send, receive, Soon()).ok());
    EXPECT_EQ(own, std::vector<std::byte>(8, std::byte{5}));
    EXPECT_EQ(comm.traffic().sent_bytes + comm.traffic().received_bytes, 0u);
  });
}

TEST_P(CommunicatorContract, AllGatherVReachesTheReceiversOnly) {
  OnAllRanks(4, [](Communicator& comm) {
    const std::vector<int> receivers = {1, 3};
    const bool receives = comm.rank() % 2 == 1;
    const std::vector<std::byte> own(static_cast<std::size_t>(comm.rank() * 3),
                                     static_cast<std::byte>(comm.rank()));
    std::vector<std::vector<std::byte>> received;
    if (receives) {
      for (int peer = 0; peer < 4; ++peer)
        received.emplace_back(static_cast<std::size_t>(peer * 3));
    }
    const std::vector<Bytes> receive(received.begin(), received.end());
    ASSERT_TRUE(comm.AllGatherV(own, receive, receivers, Soon()).ok());
    for (std::size_t peer = 0; peer < received.size(); ++peer) {
      EXPECT_EQ(received[peer], std::vector<std::byte>(peer * 3, static_cast<std::byte>(peer)));
    }
    const std::uint64_t others = receives ? 18 - own.size() : 0;
    EXPECT_EQ(comm.traffic().received_bytes, others);
    EXPECT_EQ(comm.traffic().sent_bytes, own.size() * (receives ? 1 : 2));
  });
}

TEST_P(CommunicatorContract, AllReduceSumAddsAndWraps) {
  OnAllRanks(3, [](Communicator& comm) {
    std::vector<std::int64_t> values = {comm.rank(), -comm.rank(), std::int64_t{1} << 62, 0};
    ASSERT_TRUE(comm.AllReduceSum(values, Soon()).ok());
    EXPECT_EQ(values, (std::vector<std::int64_t>{3, -3, std::int64_t(std::uint64_t{3} << 62), 0}));
  });
}

TEST_P(CommunicatorContract, BroadcastGivesRootsBytes) {
  OnAllRanks(3, [](Communicator& comm) {
    for (int root = 0; root < 3; ++root) {
      std::vector<std::byte> bytes(100, static_cast<std::byte>(comm.rank()));
      ASSERT_TRUE(comm.Broadcast(root, bytes, Soon()).ok());
      EXPECT_EQ(bytes, std::vector<std::byte>(100, static_cast<std::byte>(root)));
    }
  });
}

// Nobody has passed before the last has come, by the clock that all processes of a machine share.
TEST_P(CommunicatorContract, BarrierHoldsEverybodyBack) {
  OnAllRanks(4, [](Communicator& comm) {
    for (int round = 0; round < 10; ++round) {
      if (comm.rank() == round % 4) absl::SleepFor(absl::Milliseconds(2));
      std::vector<std::int64_t> came(4), passed(4);
      came[comm.rank()] = Nanoseconds();
      ASSERT_TRUE(comm.Barrier(Soon()).ok());
      passed[comm.rank()] = Nanoseconds();
      ASSERT_TRUE(comm.AllReduceSum(came, Soon()).ok());
      ASSERT_TRUE(comm.AllReduceSum(passed, Soon()).ok());
      EXPECT_LE(std::ranges::max(came), std::ranges::min(passed));
    }
  });
}

TEST_P(CommunicatorContract, BuffersAreFreeOnReturn) {
  OnAllRanks(3, [](Communicator& comm) {
    std::vector<std::byte> own(4096);
    std::vector<std::vector<std::byte>> received(3, std::vector<std::byte>(4096));
    const std::vector<Bytes> receive(received.begin(), received.end());
    const std::vector<int> everybody = {0, 1, 2};
    for (int round = 0; round < 50; ++round) {
      own.assign(own.size(), static_cast<std::byte>(round * 3 + comm.rank()));
      ASSERT_TRUE(comm.AllGatherV(own, receive, everybody, Soon()).ok());
      own.assign(own.size(), std::byte{0xff});
      for (int peer = 0; peer < 3; ++peer) {
        EXPECT_EQ(received[peer],
                  std::vector<std::byte>(4096, static_cast<std::byte>(round * 3 + peer)));
      }
    }
  });
}

// Of every size that a transport may treat in another way.
TEST_P(CommunicatorContract, LargeAndEmptyBuffersArriveWhole) {
  OnAllRanks(3, [](Communicator& comm) {
    for (std::size_t size : {0, 1, 4095, 4096, 4097, 100'000, 3'000'000}) {
      std::vector<std::byte> bytes(size, static_cast<std::byte>(comm.rank() + 1));
      std::vector<std::vector<std::byte>> received(3, std::vector<std::byte>(size));
      const std::vector<Bytes> receive(received.begin(), received.end());
      ASSERT_TRUE(comm.AllToAllV(std::vector<ConstBytes>(3, bytes), receive, Soon()).ok());
      for (int peer = 0; peer < 3; ++peer) {
        EXPECT_EQ(received[peer], std::vector<std::byte>(size, static_cast<std::byte>(peer + 1)));
      }
      ASSERT_TRUE(comm.Broadcast(1, bytes, Soon()).ok());
      EXPECT_EQ(bytes, std::vector<std::byte>(size, std::byte{2}));
    }
  });
}

TEST_P(CommunicatorContract, TrafficCountsWhatOtherRanksSendAndGet) {
  OnAllRanks(3, [](Communicator& comm) {
    std::vector<std::int64_t> values(5);
    std::vector<std::byte> bytes(10);
    ASSERT_TRUE(comm.AllReduceSum(values, Soon()).ok());
    EXPECT_EQ(comm.traffic().sent_bytes, 80u);
    EXPECT_EQ(comm.traffic().received_bytes, 80u);
    ASSERT_TRUE(comm.Broadcast(1, bytes, Soon()).ok());
    EXPECT_EQ(comm.traffic().sent_bytes, comm.rank() == 1 ? 100u : 80u);
    EXPECT_EQ(comm.traffic().received_bytes, comm.rank() == 1 ? 80u : 90u);
  });
}

}  // namespace zerod
