// What zeroctl prints, from messages that a daemon could have sent.
#include "client/zeroctl/reports.h"

#include <limits>

#include "client/zeroctl/json_line.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/convert.h"
#include "tests/proto/full_values.h"

namespace zerod {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

v1::JobDescription Job() {
  v1::JobDescription job = ToProto(FullStatistics());
  job.set_name("gpt");
  job.set_layout_hash(0xfedcba9876543210);
  job.mutable_ranks(0)->set_node(3);
  job.mutable_ranks(0)->set_trainer("process 4711");
  job.mutable_ranks(1)->set_takes_trainer(true);
  return job;
}

TEST(JobReport, Json) {
  const nlohmann::json json = nlohmann::json::parse(JsonLine(JobJson(Job())));
  EXPECT_EQ(json["name"], "gpt");
  EXPECT_EQ(json["layout_hash"], "fedcba9876543210");
  EXPECT_EQ(json["step"], 11);
  EXPECT_EQ(json["skipped_steps"], 12);
  EXPECT_EQ(json["aborted_attempts"], 13);
  EXPECT_EQ(json["parameter_count"], 7);
  EXPECT_EQ(json["element_count"], 8);
  EXPECT_EQ(json["trainable_element_count"], 9);
  EXPECT_EQ(json["wide_master_element_count"], 10);
  EXPECT_EQ(json["wide_master_parameters"], nlohmann::json({"b.weight", "c.weight"}));
  EXPECT_EQ(json["outcome"], "skipped");
  EXPECT_EQ(json["attempt"], 15);
  EXPECT_EQ(json["gradient_norm"], 16.5);
  EXPECT_EQ(json["clip_factor"], 0.25);
}

TEST(JobReport, JsonOfRanks) {
  const nlohmann::json json = nlohmann::json::parse(JsonLine(JobJson(Job())));
  ASSERT_EQ(json["ranks"].size(), 2);
  const nlohmann::json& rank = json["ranks"][0];
  EXPECT_EQ(rank["rank"], 1);
  EXPECT_EQ(rank["node"], 3);
  EXPECT_EQ(rank["shard_weight"], 2);
  EXPECT_EQ(rank["takes_trainer"], true);
  EXPECT_EQ(rank["trainer"], "process 4711");
  EXPECT_EQ(rank["owned_elements"], 3);
  EXPECT_EQ(rank["sent_bytes"], 4);
  EXPECT_EQ(rank["received_bytes"], 5);
  EXPECT_EQ(rank["nonfinite_updates"], 6);
  EXPECT_EQ(rank["last_step"]["gather"], 5.5);
  EXPECT_EQ(rank["total"]["wait"], 11.0);
  int expected_bytes = 1000;
  for (const char* kind : {"weights", "gradients", "reduced_gradients", "correction", "m", "v",
                           "scales", "staging", "control"}) {
    EXPECT_EQ(rank["bytes"][kind], expected_bytes++) << kind;
  }
  EXPECT_EQ(json["ranks"][1]["trainer"], nullptr);
}

TEST(JobReport, NumbersThatAreNotFinite) {
  v1::JobDescription job = Job();
  job.mutable_last_result()->set_gradient_norm(std::numeric_limits<double>::infinity());
  job.mutable_last_result()->set_clip_factor(std::numeric_limits<float>::quiet_NaN());
  const nlohmann::json json = nlohmann::json::parse(JsonLine(JobJson(job)));
  EXPECT_EQ(json["gradient_norm"], nullptr);
  EXPECT_EQ(json["clip_factor"], nullptr);
  EXPECT_THAT(JobText(job), HasSubstr("gradient norm inf, clip factor nan"));
}

TEST(JobReport, BeforeTheFirstStep) {
  v1::JobDescription job = Job();
  *job.mutable_last_result() = ToProto(StepResult{});
  const nlohmann::json json = nlohmann::json::parse(JsonLine(JobJson(job)));
  EXPECT_EQ(json["outcome"], nullptr);
  EXPECT_EQ(json["gradient_norm"], nullptr);
  EXPECT_THAT(JobText(job), HasSubstr("last result       none yet\n"));
  EXPECT_THAT(JobText(v1::JobDescription()), HasSubstr("RANK"));
}

TEST(JobReport, Text) {
  const std::string text = JobText(Job());
  EXPECT_THAT(text, AllOf(HasSubstr("job               gpt\n"), HasSubstr("step              11\n"),
                          HasSubstr("skipped at attempt 15, gradient norm 16.5, clip factor 0.25"),
                          HasSubstr("8 in 7 parameters; 9 trainable, 10 with 32-bit masters")));
  EXPECT_THAT(text, AllOf(HasSubstr("process 4711"), HasSubstr("(waits for one)"),
                          HasSubstr("3.92 KiB"), HasSubstr("5.50 s")));
}

TEST(JobReport, TheTableHasAllKindsOfMemory) {
  v1::JobDescription job;
  auto& bytes = *job.add_ranks()->mutable_bytes();
  for (std::size_t kind = 0; kind < kMemoryKindCount; ++kind) {
    bytes[std::string(MemoryKindName(static_cast<MemoryKind>(kind)))] = std::uint64_t{1} << kind;
  }
  // Correction, moments and scales together are the optimizer's state.
  EXPECT_THAT(JobText(job),
              AllOf(HasSubstr("REDUCED  STATE  STAGING  CONTROL  TRAINER\n"),
                    HasSubstr("1 B        2 B      4 B  120 B    128 B    256 B  (takes none)\n")));
}

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
