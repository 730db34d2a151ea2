#include "server/listen_address.h"

#include "gtest/gtest.h"

namespace zerod {
namespace {

TEST(ListenAddress, ReadsUnixPaths) {
  const auto address = ParseListenAddress("unix:/run/zerod/{node}.sock", 3);
  ASSERT_TRUE(address.ok()) << address.status();
  EXPECT_EQ(address->path, "/run/zerod/3.sock");
  EXPECT_EQ(address->GrpcAddress(), "unix:/run/zerod/3.sock");
  EXPECT_EQ(HandshakePath(*address), "/run/zerod/3.sock.attach");
  EXPECT_TRUE(address->IsLocal());
  // A trainer has another working directory.
  EXPECT_EQ(ParseListenAddress("unix:z.sock", 0)->path.front(), '/');
}

TEST(ListenAddress, ReadsTcpAddresses) {
  EXPECT_EQ(ParseListenAddress("tcp:localhost:0", 0)->GrpcAddress(), "localhost:0");
  EXPECT_EQ(ParseListenAddress("tcp:[::1]:7070", 0)->GrpcAddress(), "[::1]:7070");
  EXPECT_EQ(ParseListenAddress("tcp:[::1]:7070", 0)->ToText(), "tcp:[::1]:7070");
}

TEST(ListenAddress, KnowsLoopback) {
  for (const char* text :
       {"tcp:127.0.0.1:1", "tcp:127.9.9.9:1", "tcp:[::1]:1", "tcp:localhost:1"}) {
    EXPECT_TRUE(ParseListenAddress(text, 0)->IsLocal()) << text;
  }
  for (const char* text : {"tcp:0.0.0.0:1", "tcp:[::]:1", "tcp:10.0.0.1:1", "tcp:example.org:1",
                           "tcp:127.0.0.1.example.org:1", "tcp:localhost.example.org:1"}) {
    EXPECT_FALSE(ParseListenAddress(text, 0)->IsLocal()) << text;
  }
}

TEST(ListenAddress, RefusesTheRest) {
  const std::string long_path = "unix:/" + std::string(101, 'a');
  for (const std::string& text :
       {std::string("/tmp/z"), std::string("unix:"), std::string("tcp:7070"),
        std::string("tcp:host:"), std::string("tcp::7070"), std::string("tcp:host:70707"),
        std::string("tcp:host:-1"), std::string("tcp:::1:7070"), long_path}) {
    const auto address = ParseListenAddress(text, 0);
    EXPECT_EQ(address.status().code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_NE(address.status().message().find(text), std::string::npos) << address.status();
  }
}

}  // namespace
}  // namespace zerod
