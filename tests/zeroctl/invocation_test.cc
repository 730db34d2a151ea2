#include "client/zeroctl/invocation.h"

#include <cstdlib>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace zerod {
namespace {

using testing::HasSubstr;

struct Parsed {
  std::optional<int> code;
  Invocation invocation;
  std::string printed;
};

Parsed Parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "zeroctl");
  Parsed parsed;
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  parsed.code =
      ParseInvocation(static_cast<int>(arguments.size()), arguments.data(), parsed.invocation);
  parsed.printed = testing::internal::GetCapturedStdout() + testing::internal::GetCapturedStderr();
  return parsed;
}

TEST(Invocation, Commands) {
  EXPECT_EQ(Parse({"--service", "unix:/x", "status"}).invocation.command, Command::kStatus);
  EXPECT_EQ(Parse({"--service", "unix:/x", "jobs"}).invocation.command, Command::kJobs);
  const Parsed job = Parse(
      {"job", "gpt", "--token", "t", "--service", "tcp:host:1", "--json", "--timeout", "2.5"});
  EXPECT_EQ(job.code, std::nullopt) << job.printed;
  EXPECT_EQ(job.invocation.command, Command::kJob);
  EXPECT_EQ(job.invocation.job, "gpt");
  EXPECT_EQ(job.invocation.token, "t");
  EXPECT_EQ(job.invocation.service.address, "tcp:host:1");
  EXPECT_EQ(job.invocation.service.call_deadline, absl::Milliseconds(2500));
  EXPECT_EQ(job.invocation.service.connect_deadline, absl::Milliseconds(2500));
  EXPECT_TRUE(job.invocation.json);
  EXPECT_FALSE(job.invocation.yes);
  const Parsed remove = Parse({"--service", "unix:/x", "delete", "gpt", "--yes"});
  EXPECT_EQ(remove.invocation.command, Command::kDelete);
  EXPECT_TRUE(remove.invocation.yes);
  const Parsed events = Parse({"--service", "unix:/x", "events", "--follow", "--job", "gpt"});
  EXPECT_EQ(events.invocation.command, Command::kEvents);
  EXPECT_TRUE(events.invocation.follow);
  EXPECT_EQ(events.invocation.job, "gpt");
  EXPECT_FALSE(events.invocation.json);
}

TEST(Invocation, Tls) {
  const Parsed parsed = Parse(
      {"--service", "tcp:h:1", "--tls-ca", "a", "--tls-cert", "b", "--tls-key", "c", "status"});
  EXPECT_EQ(parsed.invocation.service.tls_ca, "a");
  EXPECT_EQ(parsed.invocation.service.tls_certificate, "b");
  EXPECT_EQ(parsed.invocation.service.tls_key, "c");
}

TEST(Invocation, Environment) {
  setenv("ZEROD_SERVICE", "unix:/from/environment", 1);
  setenv("ZEROD_TOKEN", "secret", 1);
  const Parsed parsed = Parse({"job", "gpt"});
  EXPECT_EQ(parsed.code, std::nullopt) << parsed.printed;
  EXPECT_EQ(parsed.invocation.service.address, "unix:/from/environment");
  EXPECT_EQ(parsed.invocation.token, "secret");
  EXPECT_EQ(Parse({"jobs", "--service", "unix:/x"}).invocation.service.address, "unix:/x");
  unsetenv("ZEROD_SERVICE");
  unsetenv("ZEROD_TOKEN");
}

TEST(Invocation, UsageErrors) {
  unsetenv("ZEROD_SERVICE");
  const std::vector<std::vector<const char*>> wrong = {
      {},
      {"status"},
      {"--service", "unix:/x"},
      {"--service", "unix:/x", "frobnicate"},
      {"--service", "unix:/x", "job"},
      {"--service", "nowhere", "status"},
      {"--service", "unix:/x", "--timeout", "0", "status"},
      {"--service", "unix:/x", "--timeout", "nan", "status"},
      {"--service", "unix:/x", "status", "--follow"},
  };
  for (const auto& arguments : wrong) {
    const Parsed parsed = Parse(arguments);
    EXPECT_EQ(parsed.code, kExitUsage) << testing::PrintToString(arguments);
    EXPECT_THAT(parsed.printed, HasSubstr("zeroctl: "));
  }
}

TEST(Invocation, ACertificateAndItsKeyBelongTogether) {
  const Parsed without_key = Parse({"--service", "tcp:h:1", "--tls-cert", "b", "status"});
  EXPECT_EQ(without_key.code, kExitUsage);
  EXPECT_THAT(without_key.printed, HasSubstr("--tls-cert requires --tls-key"));
  const Parsed without_certificate = Parse({"--service", "tcp:h:1", "--tls-key", "c", "status"});
  EXPECT_EQ(without_certificate.code, kExitUsage);
  EXPECT_THAT(without_certificate.printed, HasSubstr("--tls-key requires --tls-cert"));
}

TEST(Invocation, CommandsThatDoNotExist) {
  const std::string commands = "; the commands are status, jobs, job, delete, events\n";
  const std::string unknown = "zeroctl: there is no command 'frobnicate'" + commands;
  EXPECT_THAT(Parse({"--service", "unix:/x", "frobnicate"}).printed, HasSubstr(unknown));
  EXPECT_THAT(Parse({"frobnicate", "gpt"}).printed, HasSubstr(unknown));
  EXPECT_THAT(Parse({"--service", "unix:/x"}).printed,
              HasSubstr("zeroctl: no command is given" + commands));
  EXPECT_THAT(Parse({"status"}).printed, HasSubstr("--service is required"));
}

TEST(Invocation, HelpAndVersion) {
  EXPECT_EQ(Parse({"--help"}).code, 0);
  EXPECT_EQ(Parse({"job", "--help"}).code, 0);
  EXPECT_THAT(Parse({"--version"}).printed, HasSubstr("zeroctl "));
}

}  // namespace
}  // namespace zerod
