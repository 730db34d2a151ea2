// Service::Connect where there is no daemon: it fails soon, and says what is there instead.
#include <filesystem>
#include <fstream>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/bad_input.h"
#include "tests/service/stranger.h"
#include "zerod/service.h"

namespace zerod {
namespace {

using absl::StatusCode;
using testing::AllOf;
using testing::HasSubstr;

constexpr absl::Duration kDeadline = absl::Milliseconds(500);
constexpr absl::Duration kTolerance = absl::Seconds(5);  // for a machine that is busy

absl::Status ConnectError(const ServiceOptions& options) {
  const absl::Time start = absl::Now();
  absl::Status status = Service::Connect(options).status();
  EXPECT_LT(absl::Now() - start, options.connect_deadline + kTolerance);
  return status;
}

TEST(Connect, BadOptions) {
  EXPECT_THAT(ConnectError({.address = "localhost:80"}),
              IsError(StatusCode::kInvalidArgument,
                      AllOf(HasSubstr("'localhost:80'"), HasSubstr("unix:PATH or tcp:HOST:PORT"))));
  EXPECT_THAT(ConnectError({.address = "unix:/x", .connect_deadline = absl::ZeroDuration()}),
              IsError(StatusCode::kInvalidArgument, HasSubstr("connect_deadline is 0")));
  EXPECT_THAT(ConnectError({.address = "unix:/x", .call_deadline = -absl::Seconds(1)}),
              IsError(StatusCode::kInvalidArgument, HasSubstr("call_deadline is -1s")));
  EXPECT_THAT(ConnectError({.address = "tcp:localhost:1", .tls_key = "/x"}),
              IsError(StatusCode::kInvalidArgument, HasSubstr("tls_certificate and tls_key")));
  EXPECT_THAT(
      ConnectError({.address = "tcp:localhost:1", .tls_ca = "/no/such.pem"}),
      IsError(StatusCode::kInvalidArgument, AllOf(HasSubstr("tls_ca"), HasSubstr("/no/such.pem"))));
}

TEST(Connect, FilesThatHoldNoCertificate) {
  const auto error = [](const std::string& path) {
    const absl::Status status = ConnectError({.address = "tcp:localhost:1", .tls_ca = path});
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
    return std::string(status.message());
  };
  EXPECT_EQ(error("/"), "tls_ca '/' can't be read: Is a directory");
  EXPECT_EQ(error("/no/such"), "tls_ca '/no/such' can't be read: No such file or directory");
  EXPECT_EQ(error("/dev/null"), "tls_ca '/dev/null' is empty");
  EXPECT_EQ(error("/dev/zero"), "tls_ca '/dev/zero' can't be read: File too large");
}

TEST(Connect, NothingListens) {
  const absl::Time start = absl::Now();
  EXPECT_THAT(ConnectError({.address = "unix:/no/such/socket"}),
              IsError(StatusCode::kUnavailable,
                      AllOf(HasSubstr("no daemon answers at unix:/no/such/socket"),
                            HasSubstr("No such file"), HasSubstr("is it running?"))));
  // No names: c-ares, which looks them up for gRPC, leaks some bytes.
  EXPECT_THAT(ConnectError({.address = "tcp:127.0.0.1:1"}),
              IsError(StatusCode::kUnavailable,
                      AllOf(HasSubstr("tcp:127.0.0.1:1"), HasSubstr("Connection refused"))));
  EXPECT_THAT(ConnectError({.address = "tcp:[::1]:1"}),
              IsError(StatusCode::kUnavailable, HasSubstr("tcp:[::1]:1")));
  EXPECT_LT(absl::Now() - start, kTolerance) << "waited for the deadline";
}

TEST(Connect, AFileThatIsNoSocket) {
  const std::string path = std::filesystem::temp_directory_path() / "zerod_no_socket";
  std::ofstream(path) << "text";
  EXPECT_THAT(ConnectError({.address = "unix:" + path}),
              IsError(StatusCode::kUnavailable, HasSubstr("Connection refused")));
  std::filesystem::remove(path);
}

TEST(Connect, TheDaemonHasGoneAndLeftItsSocket) {
  std::string address;
  const std::string path = std::filesystem::temp_directory_path() / "zerod_left_socket";
  {
    const Stranger gone("");
    std::filesystem::create_hard_link(gone.path(), path);
    address = "unix:" + path;
  }
  EXPECT_THAT(ConnectError({.address = address}),
              IsError(StatusCode::kUnavailable, HasSubstr("Connection refused")));
  std::filesystem::remove(path);
}

TEST(Connect, AListenerThatNeverAnswers) {
  const Stranger silent("");
  EXPECT_THAT(ConnectError({.address = silent.address(), .connect_deadline = kDeadline}),
              IsError(StatusCode::kUnavailable,
                      AllOf(HasSubstr(silent.address()), HasSubstr("did not answer within 500ms"),
                            HasSubstr("does not speak zerod's protocol"))));
}

TEST(Connect, AListenerThatAnswersSomethingElse) {
  for (const std::string& text : {std::string("HTTP/1.1 200 OK\r\n\r\n"), std::string(4096, '\xff'),
                                  std::string("SSH-2.0-OpenSSH_9.2\r\n")}) {
    const Stranger stranger(text);
    EXPECT_THAT(
        ConnectError({.address = stranger.address(), .connect_deadline = kDeadline}),
        IsError(StatusCode::kUnavailable, AllOf(HasSubstr(stranger.address()),
                                                HasSubstr("does not speak zerod's protocol"))));
  }
}

}  // namespace
}  // namespace zerod
