// What zeroctl prints of one job.
#include <limits>

#include "client/zeroctl/json_line.h"
#include "client/zeroctl/reports.h"
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

TEST(JobReport, JsonOfGroups) {
  v1::JobDescription job = Job();
  nlohmann::json json = nlohmann::json::parse(JsonLine(JobJson(job)));
  EXPECT_EQ(json["optimizer"], "adam");
  EXPECT_EQ(json["codec"], "flash");
  EXPECT_EQ(json["master_rounding"], "stochastic");
  EXPECT_EQ(json["last_updated_step"], 17);
  ASSERT_EQ(json["groups"].size(), 2);
  EXPECT_EQ(json["groups"][0]["name"], "first");
  EXPECT_EQ(json["groups"][0]["frozen"], true);
  EXPECT_EQ(json["groups"][0]["master"], "32");
  EXPECT_EQ(json["groups"][0]["update_count"], 18);
  EXPECT_EQ(json["groups"][0]["update_bound"], 7.25);
  EXPECT_EQ(json["groups"][0]["hyperparameters"], nlohmann::json({{"lr", 0.1},
                                                                  {"beta1", 0.2},
                                                                  {"beta2", 0.3},
                                                                  {"eps", 0.4},
                                                                  {"weight_decay", 0.5},
                                                                  {"momentum", 0.6},
                                                                  {"nesterov", true},
                                                                  {"initial_lr", 0.7}}));
  EXPECT_EQ(json["groups"][1]["frozen"], false);
  EXPECT_EQ(json["groups"][1]["master"], "automatic");
  EXPECT_EQ(json["groups"][1]["update_bound"], nullptr);
  EXPECT_EQ(json["groups"][0]["element_count"], 20);
  EXPECT_EQ(json["groups"][0]["unmoved_share"], 0.25);
  EXPECT_EQ(json["groups"][0]["floor_share"], 0.1);
  EXPECT_EQ(json["groups"][0]["max_update"], 1.5);
  EXPECT_EQ(json["groups"][1]["unmoved_share"], 0.1);
  // Lion has no v, and of a group without updated weights there is nothing to say.
  job.set_optimizer(v1::OPTIMIZER_LION);
  job.set_has_v_codes(false);
  job.mutable_groups(1)->clear_telemetry();
  json = nlohmann::json::parse(JsonLine(JobJson(job)));
  EXPECT_EQ(json["optimizer"], "lion");
  EXPECT_EQ(json["groups"][0]["unmoved_share"], 0.25);
  EXPECT_EQ(json["groups"][0]["floor_share"], nullptr);
  for (const char* field : {"unmoved_share", "floor_share", "max_update"}) {
    EXPECT_EQ(json["groups"][1][field], nullptr) << field;
  }
}

TEST(JobReport, TextOfGroups) {
  v1::JobDescription job = Job();
  job.mutable_groups(1)->set_name("sec\x1bond");
  EXPECT_THAT(JobText(job), HasSubstr("optimizer         adam\n"
                                      "codec             flash\n"
                                      "master rounding   stochastic\n"));
  EXPECT_THAT(JobText(job),
              HasSubstr("Updates of step 17:\n"
                        "GROUP    WEIGHTS  UNMOVED  V AT FLOOR  LARGEST UPDATE  BOUND\n"
                        "first         20     25 %        10 %          1.5 lr   7.25\n"
                        "sec?ond       30     10 %      3.33 %          0.5 lr      -\n"));
  job.set_has_v_codes(false);
  job.mutable_groups(1)->clear_telemetry();
  EXPECT_THAT(JobText(job),
              AllOf(HasSubstr("first         20     25 %           -          1.5 lr   7.25\n"),
                    HasSubstr("sec?ond        0        -           -               -      -\n")));
  job.set_last_updated_step(0);
  EXPECT_THAT(JobText(job), Not(HasSubstr("Updates")));
}

TEST(JobReport, TextOfHyperparameters) {
  v1::JobDescription job = Job();
  job.mutable_groups(0)->mutable_hyperparameters()->set_beta2(0.99999);
  EXPECT_THAT(
      JobText(job),
      HasSubstr(
          "Hyperparameters of step 17, the last one that updated:\n"
          "GROUP           UPDATES     MASTER     LR  BETA1    BETA2    EPS  WEIGHT DECAY\n"
          "first (frozen)       18         32    0.1    0.2  0.99999    0.4           0.5\n"
          "second                0  automatic  0.001    0.9    0.999  1e-08             0\n"));
  job.set_optimizer(v1::OPTIMIZER_SGDW);
  job.set_last_updated_step(0);
  EXPECT_THAT(
      JobText(job),
      HasSubstr(
          "Hyperparameters of the job's creation; no step has updated yet:\n"
          "GROUP           UPDATES     MASTER     LR        MOMENTUM  WEIGHT DECAY  INITIAL LR\n"
          "first (frozen)       18         32    0.1  0.6 (nesterov)           0.5         0.7\n"
          "second                0  automatic  0.001               0             0           -\n"));
  job.set_optimizer(v1::OPTIMIZER_LION);
  EXPECT_THAT(JobText(job), HasSubstr("LR  BETA1    BETA2  WEIGHT DECAY  INITIAL LR\n"));
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

}  // namespace
}  // namespace zerod
