#include "server/command_line.h"

#include <cstdio>
#include <fstream>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/byte_count.h"

namespace zerod {
namespace {

using testing::HasSubstr;

absl::StatusOr<CommandLine> Parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "zerod");
  return ParseCommandLine(static_cast<int>(arguments.size()), arguments.data());
}

// The command line with one good address and `arguments`.
std::string Refusal(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), {"--listen", "unix:/tmp/z"});
  const auto line = Parse(arguments);
  EXPECT_EQ(line.status().code(), absl::StatusCode::kInvalidArgument) << line.status();
  return std::string(line.status().message());
}

TEST(CommandLine, HasDefaults) {
  const auto line = Parse({"--listen", "unix:/tmp/z"});
  ASSERT_TRUE(line.ok()) << line.status();
  const Flags& flags = line->flags;
  EXPECT_EQ(flags.ranks, 1);
  EXPECT_EQ(flags.threads_per_rank, 1);
  EXPECT_EQ(flags.memory_limit_bytes, 0u);
  EXPECT_EQ(flags.max_jobs, 64);
  EXPECT_EQ(flags.socket_mode, 0600u);
  EXPECT_EQ(flags.step_deadline, absl::Minutes(10));
  EXPECT_EQ(flags.world, WorldKind::kAuto);
  EXPECT_FALSE(line->answer.has_value());
}

TEST(CommandLine, ReadsEveryFlag) {
  const auto line = Parse({"--listen",
                           "unix:/tmp/z{node}",
                           "--listen",
                           "tcp:127.0.0.1:0",
                           "--devices",
                           "cpu:4",
                           "--threads-per-rank",
                           "5",
                           "--memory-limit",
                           "8G",
                           "--max-jobs",
                           "3",
                           "--socket-mode",
                           "660",
                           "--allow-uid",
                           "7",
                           "--allow-uid",
                           "8",
                           "--world",
                           "single",
                           "--step-deadline",
                           "90s",
                           "--create-deadline",
                           "1s",
                           "--peer-deadline",
                           "2s",
                           "--handshake-deadline",
                           "3s",
                           "--ticket-lifetime",
                           "4s",
                           "--shutdown-deadline",
                           "500ms",
                           "--log-format",
                           "json",
                           "--log-level",
                           "error"});
  ASSERT_TRUE(line.ok()) << line.status();
  const Flags& flags = line->flags;
  EXPECT_EQ(flags.listen, (std::vector<std::string>{"unix:/tmp/z{node}", "tcp:127.0.0.1:0"}));
  EXPECT_EQ(flags.ranks, 4);
  EXPECT_EQ(flags.threads_per_rank, 5);
  EXPECT_EQ(flags.memory_limit_bytes, std::uint64_t{8} << 30);
  EXPECT_EQ(flags.max_jobs, 3);
  EXPECT_EQ(flags.socket_mode, 0660u);
  EXPECT_EQ(flags.allow_uid, (std::vector<uid_t>{7, 8}));
  EXPECT_EQ(flags.world, WorldKind::kSingle);
  EXPECT_EQ(flags.step_deadline, absl::Seconds(90));
  EXPECT_EQ(flags.create_deadline, absl::Seconds(1));
  EXPECT_EQ(flags.peer_deadline, absl::Seconds(2));
  EXPECT_EQ(flags.handshake_deadline, absl::Seconds(3));
  EXPECT_EQ(flags.ticket_lifetime, absl::Seconds(4));
  EXPECT_EQ(flags.shutdown_deadline, absl::Milliseconds(500));
  EXPECT_EQ(flags.log_format, LogFormat::kJson);
  EXPECT_EQ(flags.log_level, LogLevel::kError);
}

TEST(CommandLine, NamesTheFlagThatIsWrong) {
  EXPECT_THAT(std::string(Parse({}).status().message()), HasSubstr("--listen is missing"));
  EXPECT_THAT(Refusal({"--devices", "cpu:0"}), HasSubstr("--devices is 'cpu:0'"));
  EXPECT_THAT(Refusal({"--devices", "cpu:65"}), HasSubstr("from 1 to 64"));
  EXPECT_THAT(Refusal({"--devices", "gpu:1"}), HasSubstr("cpu:K"));
  EXPECT_THAT(Refusal({"--threads-per-rank", "0"}), HasSubstr("--threads-per-rank is 0"));
  EXPECT_THAT(Refusal({"--threads-per-rank", "1025"}), HasSubstr("from 1 to 1024"));
  EXPECT_THAT(Refusal({"--threads-per-rank", "two"}), HasSubstr("--threads-per-rank"));
  EXPECT_THAT(Refusal({"--memory-limit", "8X"}), HasSubstr("--memory-limit: '8X'"));
  EXPECT_THAT(Refusal({"--max-jobs", "0"}), HasSubstr("--max-jobs is 0"));
  EXPECT_THAT(Refusal({"--socket-mode", "888"}), HasSubstr("--socket-mode is '888'"));
  EXPECT_THAT(Refusal({"--socket-mode", "060"}), HasSubstr("from 600 to 666"));
  EXPECT_THAT(Refusal({"--peer-deadline", "soon"}), HasSubstr("--peer-deadline"));
  EXPECT_THAT(Refusal({"--peer-deadline", "0s"}), HasSubstr("--peer-deadline is 0"));
  EXPECT_THAT(Refusal({"--step-deadline", "inf"}), HasSubstr("--step-deadline is inf"));
  EXPECT_THAT(Refusal({"--world", "both"}), HasSubstr("--world"));
  EXPECT_THAT(Refusal({"--log-format", "xml"}), HasSubstr("--log-format"));
  EXPECT_THAT(Refusal({"--no-such-flag"}), HasSubstr("--no-such-flag"));
  EXPECT_THAT(Refusal({"--tls-cert", "a.pem"}), HasSubstr("belong together"));
  EXPECT_THAT(Refusal({"--listen", "tcp:0.0.0.0:7070"}), HasSubstr("--tls-cert"));
  EXPECT_THAT(Refusal({"--listen", "unix:/tmp/other"}), HasSubstr("one unix: address"));
}

TEST(CommandLine, TlsOpensOtherAddresses) {
  const auto line = Parse({"--listen", "tcp:0.0.0.0:7070", "--tls-cert", "a.pem", "--tls-key",
                           "b.pem", "--tls-ca", "c.pem"});
  EXPECT_TRUE(line.ok()) << line.status();
}

TEST(CommandLine, AnswersHelpAndVersion) {
  EXPECT_THAT(*Parse({"--help"})->answer, HasSubstr("--memory-limit"));
  EXPECT_THAT(*Parse({"--version"})->answer, testing::StartsWith("zerod "));
}

TEST(CommandLine, ReadsAFile) {
  const std::string path = testing::TempDir() + "/zerod_command_line_test.toml";
  std::ofstream(path)
      << "listen = [\"unix:/tmp/z\"]\nmax-jobs = 5\nthreads-per-rank = 2\ndevices = \"cpu:2\"\n";
  const auto line = Parse({"--config", path.c_str(), "--devices", "cpu:3"});
  std::remove(path.c_str());
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_EQ(line->flags.max_jobs, 5);
  EXPECT_EQ(line->flags.threads_per_rank, 2);
  EXPECT_EQ(line->flags.ranks, 3);  // the command line counts more
}

TEST(CommandLine, ATypoInAFileIsNamed) {
  const std::string path = testing::TempDir() + "/zerod_command_line_typo_test.toml";
  std::ofstream(path) << "listen = [\"unix:/tmp/z\"]\nstep-deadlne = \"3s\"\n";
  const auto line = Parse({"--config", path.c_str()});
  std::remove(path.c_str());
  ASSERT_FALSE(line.ok());
  EXPECT_THAT(std::string(line.status().message()), testing::HasSubstr("step-deadlne"));
}

TEST(ByteCount, TakesUnits) {
  EXPECT_EQ(*ParseByteCount("0"), 0u);
  EXPECT_EQ(*ParseByteCount("18446744073709551615"), ~std::uint64_t{0});
  EXPECT_EQ(*ParseByteCount("1K"), 1024u);
  EXPECT_EQ(*ParseByteCount("1.5M"), 3u << 19);
  EXPECT_EQ(*ParseByteCount("2T"), std::uint64_t{2} << 40);
  for (const char* text : {"", "G", "-1", "-1G", "1g", "8 G", "nanG", "1e30G", "0x10"}) {
    EXPECT_FALSE(ParseByteCount(text).ok()) << text;
  }
}

}  // namespace
}  // namespace zerod
