// The subcommands against a daemon that gives prepared answers.
#include "client/zeroctl/commands.h"

#include <sstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/service/fake_daemon.h"

namespace zerod {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class Commands : public testing::Test {
 protected:
  Commands() {
    invocation_.service.address = daemon_.address();
    connection_ = *ConnectTo(invocation_.service, "test");
  }

  using Command = absl::Status (*)(const Connection&, const Invocation&, std::ostream&);
  std::string Run(Command command) {
    std::ostringstream out;
    status_ = command(*connection_, invocation_, out);
    return out.str();
  }
  nlohmann::json RunJson(Command command) {
    invocation_.json = true;
    return nlohmann::json::parse(Run(command));
  }

  FakeDaemon daemon_;
  Invocation invocation_;
  std::shared_ptr<const Connection> connection_;
  absl::Status status_;
};

TEST_F(Commands, Status) {
  daemon_.status.add_nodes()->set_host("here");
  EXPECT_THAT(Run(RunStatus), HasSubstr("here"));
  EXPECT_EQ(RunJson(RunStatus)["nodes"][0]["host"], "here");
  EXPECT_TRUE(status_.ok());
}

TEST_F(Commands, Jobs) {
  EXPECT_EQ(Run(RunJobs), "no jobs\n");
  EXPECT_EQ(RunJson(RunJobs)["jobs"].size(), 0);
}

TEST_F(Commands, Job) {
  invocation_.job = "gpt";
  invocation_.token = "secret";
  daemon_.description.set_name("gpt");
  EXPECT_THAT(Run(RunJob), HasSubstr("gpt"));
  EXPECT_EQ(daemon_.describe_request.job(), "gpt");
  EXPECT_EQ(daemon_.describe_request.token(), "secret");
  EXPECT_EQ(RunJson(RunJob)["name"], "gpt");
}

TEST_F(Commands, Errors) {
  daemon_.error = {grpc::StatusCode::NOT_FOUND, "there is no job 'gpt'"};
  for (const Command command : {RunStatus, RunJobs, RunJob, RunDelete, RunEvents}) {
    EXPECT_EQ(Run(command), "");
    EXPECT_EQ(status_, absl::NotFoundError("there is no job 'gpt'"));
  }
}

TEST_F(Commands, ADaemonThatHasVanished) {
  daemon_.error = {grpc::StatusCode::UNAVAILABLE, "keepalive watchdog timeout"};
  Run(RunEvents);
  EXPECT_THAT(std::string(status_.message()),
              AllOf(HasSubstr(daemon_.address()), HasSubstr("its host is gone, or it hangs")));
}

TEST_F(Commands, ANameThatIsNotUtf8) {
  invocation_.job = "gpt\xff";
  for (const Command command : {RunJob, RunDelete, RunEvents}) {
    EXPECT_EQ(Run(command), "");
    EXPECT_EQ(status_, absl::InvalidArgumentError("the job name 'gpt?' is not UTF-8"));
  }
}

TEST_F(Commands, Delete) {
  invocation_.job = "gpt";
  EXPECT_EQ(Run(RunDelete), "deleted gpt\n");
  EXPECT_EQ(daemon_.delete_request.job(), "gpt");
  EXPECT_EQ(RunJson(RunDelete)["deleted"], "gpt");
}

TEST_F(Commands, DeleteAsks) {
  invocation_.job = "gpt";
  for (const auto& [answer, expected] :
       {std::pair("y\n", true), std::pair("yes\n", true), std::pair("\n", false),
        std::pair("no\n", false), std::pair("", false)}) {
    std::istringstream in(answer);
    std::ostringstream out;
    EXPECT_EQ(ConfirmDelete(invocation_, in, out), expected) << answer;
    EXPECT_THAT(out.str(), HasSubstr("Delete job gpt"));
  }
}

TEST_F(Commands, Events) {
  for (int i = 1; i <= 2; ++i) {
    daemon_.events.emplace_back().set_number(i);
    daemon_.events.back().set_kind(v1::EVENT_KIND_STEP_SKIPPED);
  }
  invocation_.job = "gpt";
  invocation_.follow = true;
  EXPECT_THAT(Run(RunEvents), HasSubstr("step_skipped"));
  EXPECT_EQ(daemon_.watch_request.job(), "gpt");
  EXPECT_TRUE(daemon_.watch_request.follow());
  invocation_.json = true;
  std::istringstream lines(Run(RunEvents));
  int count = 0;
  for (std::string line; std::getline(lines, line);) {
    EXPECT_EQ(nlohmann::json::parse(line)["number"], ++count);
  }
  EXPECT_EQ(count, 2);
}

}  // namespace
}  // namespace zerod
