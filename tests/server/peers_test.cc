#include "server/peers.h"

#include <future>
#include <latch>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/paired_cluster.h"

namespace zerod {
namespace {

v1::PeerRequest StartRequest(std::uint64_t number) {
  v1::PeerRequest request;
  request.mutable_start()->set_number(number);
  return request;
}

// Answers a start request with its number, and counts on.
Peers::Handler Echo() {
  return [](int /*from_node*/, const v1::PeerRequest& request) {
    v1::PeerResponse response;
    response.mutable_node()->set_pid(static_cast<std::int32_t>(request.start().number()));
    return response;
  };
}

TEST(Peers, AnswerEachOther) {
  ClusterPair pair;
  Peers first(pair.node(0), Echo());
  Peers second(pair.node(1), Echo());
  EXPECT_EQ(first.Call(1, StartRequest(7), absl::Minutes(1))->node().pid(), 7);
  EXPECT_EQ(second.Call(0, StartRequest(8), absl::Minutes(1))->node().pid(), 8);
  EXPECT_EQ(first.Call(0, StartRequest(9), absl::Minutes(1))->node().pid(), 9);
  const auto answers = first.CallAll(StartRequest(10), absl::Minutes(1));
  ASSERT_EQ(answers.size(), 2u);
  for (const auto& answer : answers) EXPECT_EQ(answer->node().pid(), 10);
  pair.Leave();
}

TEST(Peers, HandleRequestsInOrder) {
  ClusterPair pair;
  std::vector<std::uint64_t> seen;
  Peers first(pair.node(0), Echo());
  Peers second(pair.node(1), [&](int from_node, const v1::PeerRequest& request) {
    EXPECT_EQ(from_node, 0);
    seen.push_back(request.start().number());
    return v1::PeerResponse();
  });
  std::vector<std::shared_ptr<Peers::Pending>> pending;
  for (std::uint64_t i = 0; i < 100; ++i) pending.push_back(first.Begin(1, StartRequest(i)));
  for (const auto& call : pending) EXPECT_TRUE(call->Await(absl::Minutes(1)).ok());
  for (std::uint64_t i = 0; i < 100; ++i) EXPECT_EQ(seen[i], i);
  pair.Leave();
}

TEST(Peers, ErrorsComeBack) {
  ClusterPair pair;
  Peers first(pair.node(0), Echo());
  Peers second(pair.node(1), [](int, const v1::PeerRequest&) {
    return PeerResponseOf(absl::ResourceExhaustedError("rank 3 has no memory"));
  });
  const auto answer = first.Call(1, StartRequest(7), absl::Minutes(1));
  EXPECT_EQ(answer.status(), absl::ResourceExhaustedError("rank 3 has no memory"));
  pair.Leave();
}

// A handler that takes its time holds up neither other answers nor its own node's calls.
TEST(Peers, NameANodeThatIsLate) {
  ClusterPair pair;
  std::latch release(1);
  Peers first(pair.node(0), Echo());
  Peers second(pair.node(1), [&](int, const v1::PeerRequest&) {
    release.wait();
    return v1::PeerResponse();
  });
  const auto late = first.Call(1, StartRequest(7), absl::Milliseconds(10));
  EXPECT_EQ(late.status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(std::string(late.status().message()),
              testing::HasSubstr("node 1 did not answer 'start' within 10ms (--peer-deadline)"));
  EXPECT_TRUE(second.Call(0, StartRequest(8), absl::Minutes(1)).ok());
  release.count_down();
  // The late answer, when it comes, belongs to nobody.
  EXPECT_TRUE(first.Call(1, StartRequest(9), absl::Minutes(1)).ok());
  pair.Leave();
}

TEST(Peers, StopEndsCallsAndRefusesRequests) {
  ClusterPair pair;
  std::latch asked(1);
  std::latch release(1);
  Peers first(pair.node(0), Echo());
  Peers second(pair.node(1), [&](int, const v1::PeerRequest&) {
    asked.count_down();
    release.wait();
    return v1::PeerResponse();
  });
  auto answer = std::async(std::launch::async, [&] {
    return first.Call(1, StartRequest(7), absl::Minutes(10)).status();
  });
  asked.wait();
  first.Stop();
  EXPECT_EQ(answer.get().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(first.Call(1, StartRequest(7), absl::Minutes(10)).status().code(),
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(second.Call(0, StartRequest(8), absl::Minutes(10)).status().code(),
            absl::StatusCode::kUnavailable);
  release.count_down();
  pair.Leave();
}

TEST(Peers, UnreadableMessagesAreIgnored) {
  ClusterPair pair;
  Peers first(pair.node(0), Echo());
  Peers second(pair.node(1), Echo());
  pair.node(0).Send(1, Cluster::Message(100, std::byte{0xff}));
  pair.node(0).Send(1, {});
  EXPECT_TRUE(first.Call(1, StartRequest(7), absl::Minutes(1)).ok());
  pair.Leave();
}

TEST(Peers, TooLargeRequestsAreNotSent) {
  ClusterPair pair;
  Peers first(pair.node(0), Echo());
  v1::PeerRequest request;
  request.mutable_load()->mutable_values()->set_values(std::string(64u << 20, 'x'));
  EXPECT_EQ(first.Call(1, request, absl::Minutes(1)).status().code(),
            absl::StatusCode::kResourceExhausted);
  pair.Leave();
}

}  // namespace
}  // namespace zerod
