// What zeroctl prints of daemons, lists and events, from messages that a daemon could have sent.
#include "client/zeroctl/reports.h"

#include "client/zeroctl/json_line.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace zerod {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(StatusReport, TextAndJson) {
  v1::GetStatusResponse status;
  status.set_answering_node(1);
  for (int i = 0; i < 2; ++i) {
    v1::NodeStatus& node = *status.add_nodes();
    node.set_node(i);
    node.set_host("host" + std::to_string(i));
    node.set_pid(100 + i);
    node.set_first_rank(4 * i);
    node.set_rank_count(4 - 3 * i);
    node.set_uptime_seconds(61);
    node.set_memory_limit_bytes(1 << 30);
    node.set_held_bytes(1 << 20);
    node.set_jobs(2);
    node.set_trainers(3);
    node.set_version("0.1.0");
  }
  EXPECT_EQ(StatusText(status),
            "NODE  HOST   PID  RANKS     UP      HELD     LIMIT  JOBS  TRAINERS  VERSION\n"
            "   0  host0  100    0-3  1m 1s  1.00 MiB  1.00 GiB     2         3  0.1.0\n"
            "  *1  host1  101      4  1m 1s  1.00 MiB  1.00 GiB     2         3  0.1.0\n");
  const nlohmann::json json = nlohmann::json::parse(JsonLine(StatusJson(status)));
  EXPECT_EQ(json["answering_node"], 1);
  EXPECT_EQ(json["nodes"][1]["host"], "host1");
  EXPECT_EQ(json["nodes"][0]["rank_count"], 4);
  EXPECT_EQ(json["nodes"][0]["held_bytes"], 1 << 20);
}

TEST(JobsReport, TextAndJson) {
  v1::ListJobsResponse jobs;
  EXPECT_EQ(JobsText(jobs), "no jobs\n");
  EXPECT_EQ(JsonLine(JobsJson(jobs)), "{\"jobs\":[]}\n");
  v1::JobSummary& job = *jobs.add_jobs();
  job.set_name("gpt");
  job.set_step(12);
  job.set_element_count(1500);
  job.set_held_bytes(2048);
  job.set_trainers(1);
  EXPECT_EQ(JobsText(jobs),
            "NAME  STEP  ELEMENTS  HELD HERE  TRAINERS HERE  STATE\n"
            "gpt     12    1.50 K   2.00 KiB              1  receiving initial values\n");
  job.set_complete(true);
  EXPECT_THAT(JobsText(jobs), HasSubstr("ready"));
  EXPECT_EQ(JobsJson(jobs)["jobs"][0]["complete"], true);
}

TEST(EventReport, TextAndJson) {
  v1::Event event;
  event.set_number(5);
  event.set_time_seconds(1.25);
  event.set_kind(v1::EVENT_KIND_TRAINER_LOST);
  event.set_node(2);
  event.set_job("gpt");
  event.set_rank(0);
  event.set_message("process 4711 ended\x1b");
  EXPECT_EQ(EventText(event, absl::UTCTimeZone()),
            "1970-01-01 00:00:01.250  trainer_lost      node 2  job gpt  rank 0  "
            "process 4711 ended?\n");
  const nlohmann::json json = nlohmann::json::parse(JsonLine(EventJson(event)));
  EXPECT_EQ(json["kind"], "trainer_lost");
  EXPECT_EQ(json["rank"], 0);
  EXPECT_FALSE(json.contains("step"));
  EXPECT_EQ(json["message"], "process 4711 ended\x1b");
}

TEST(EventReport, LostAndUnknownOnes) {
  v1::Event event;
  event.set_kind(v1::EVENT_KIND_EVENTS_LOST);
  event.set_lost(17);
  EXPECT_THAT(EventText(event, absl::UTCTimeZone()),
              AllOf(HasSubstr("events_lost"), HasSubstr("17 events"), Not(HasSubstr("job"))));
  EXPECT_EQ(EventJson(event)["lost"], 17);
  event.set_kind(static_cast<v1::EventKind>(99));
  EXPECT_EQ(EventJson(event)["kind"], "unknown");
  event.set_message("cut \xe2\x82");
  EXPECT_TRUE(nlohmann::json::accept(JsonLine(EventJson(event))));
}

}  // namespace
}  // namespace zerod
