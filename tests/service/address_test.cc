#include "client/service/address.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace zerod {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string Target(const std::string& text) {
  const absl::StatusOr<Address> address = ParseAddress(text);
  return address.ok() ? GrpcTarget(*address) : std::string(address.status().message());
}

TEST(Address, TheTwoForms) {
  EXPECT_EQ(Target("unix:/run/zerod.sock"), "unix:/run/zerod.sock");
  EXPECT_EQ(Target("unix:relative"), "unix:relative");
  EXPECT_EQ(Target("unix:/a b%20?#"), "unix:/a%20b%2520%3f%23");
  EXPECT_EQ(Target("tcp:localhost:7070"), "dns:///localhost:7070");
  EXPECT_EQ(Target("tcp:[::1]:7070"), "dns:///%5b::1%5d:7070");
  EXPECT_TRUE(ParseAddress("unix:/x")->is_local);
  EXPECT_FALSE(ParseAddress("tcp:x:1")->is_local);
  EXPECT_EQ(ParseAddress("tcp:[::1]:7070")->host, "::1");
}

TEST(Address, ErrorsNameTheAddressAndBothForms) {
  for (const std::string& text : std::vector<std::string>{
           "", "foo", "http://x:1", "/run/zerod.sock", "unix:", "tcp:", "tcp:host",
           "tcp:host:", "tcp:host:0", "tcp:host:65536", "tcp:host:http", "tcp::80", "tcp:[]:80",
           "tcp:::1:80", "tcp:[::1:80"}) {
    const absl::Status status = ParseAddress(text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(std::string(status.message()),
                AllOf(HasSubstr("'" + text + "'"), HasSubstr("unix:PATH or tcp:HOST:PORT")));
  }
  EXPECT_THAT(Target("unix:/" + std::string(107, 'x')), HasSubstr("108 bytes"));
  EXPECT_THAT(Target(std::string("unix:/a\0b", 9)), HasSubstr("has a 0"));
}

}  // namespace
}  // namespace zerod
