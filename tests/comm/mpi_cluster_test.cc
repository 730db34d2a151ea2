#include "comm/mpi/mpi_cluster.h"

#include <sys/resource.h>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "tests/comm/mpi_environment.h"

namespace zerod {
namespace {

TEST(MpiCluster, KnowsItsPlace) {
  EXPECT_TRUE(StartedByMpi());
  EXPECT_GE(TestCluster().node_index(), 0);
  EXPECT_LT(TestCluster().node_index(), TestCluster().node_count());
}

TEST(MpiCluster, NamesOptionsThatAreOutOfBounds) {
  const auto status_of = [](const MpiOptions& options) { return MakeMpiCluster(options).status(); };
  for (const std::size_t chunk_bytes : {std::size_t{0}, (std::size_t{1} << 30) + 1}) {
    const absl::Status refused = status_of({.chunk_bytes = chunk_bytes});
    EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(refused.message()), testing::HasSubstr("chunk_bytes"));
  }
  const absl::Status refused = status_of({.inline_bytes = (1 << 16) + 1});
  EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(refused.message()), testing::HasSubstr("inline_bytes is 65537"));
}

// The byte says the position, the length varies: some go eagerly, some as a long transfer.
Cluster::Message NumberedMessage(int number) {
  const std::size_t size_bytes = number % 40 == 0 ? 300'000 : 1 + number % 100;
  return Cluster::Message(size_bytes, static_cast<std::byte>(number));
}

TEST(MpiCluster, MessagesArriveInTheOrderOfTheirSending) {
  constexpr int kMessageCount = 250;
  Cluster& cluster = TestCluster();
  for (int number = 0; number < kMessageCount; ++number) {
    for (int node = 0; node < cluster.node_count(); ++node) {
      cluster.Send(node, NumberedMessage(number));
    }
  }
  std::vector<int> next_number(static_cast<std::size_t>(cluster.node_count()));
  for (const Letter& letter : AwaitLetters(kMessageCount * cluster.node_count())) {
    const int number = next_number[letter.from_node]++;
    ASSERT_EQ(letter.message, NumberedMessage(number)) << number << " from " << letter.from_node;
  }
  EXPECT_THAT(next_number, testing::Each(kMessageCount));
  MeetAllNodes();
}

TEST(MpiCluster, CarriesTheEmptyAndTheLargestMessage) {
  Cluster& cluster = TestCluster();
  const int next_node = (cluster.node_index() + 1) % cluster.node_count();
  cluster.Send(next_node, {});
  const Cluster::Message largest(kMaxClusterMessageBytes, std::byte{3});
  cluster.Send(next_node, largest);
  const std::vector<Letter> letters = AwaitLetters(2);
  EXPECT_TRUE(letters[0].message.empty());
  EXPECT_EQ(letters[1].message, largest);
  MeetAllNodes();
}

// Of a build with sanitizers it would say nothing.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         1e-6 * static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

TEST(MpiCluster, CostsNextToNothingWhenIdle) {
  MeetAllNodes();
  absl::SleepFor(absl::Seconds(1));  // pauses get longer in the course of half a second
  const double before_s = CpuSeconds();
  absl::SleepFor(absl::Seconds(5));
  EXPECT_LT(CpuSeconds() - before_s, 0.01 * 5);
  MeetAllNodes();
}
#endif

}  // namespace
}  // namespace zerod
