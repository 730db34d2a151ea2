#include "engine/step_plan.h"

#include "gtest/gtest.h"

namespace zerod {
namespace {

TEST(StepPlan, ReducesBackwardsAndGathersForwards) {
  JobSpec spec;
  spec.parameters = {{.name = "first", .shape = {256}},
                     {.name = "frozen", .shape = {256}},
                     {.name = "last", .shape = {256}}};
  spec.groups = {{.name = "frozen", .patterns = {"frozen"}, .frozen = true}, {}};
  spec.bucket_bytes = 512;
  const auto layout = *JobLayout::Create(spec, {.shard_weights = {1}, .contributors = {0}});
  EXPECT_EQ(DescribeStepPlan(MakeStepPlan(*layout), 2),
            "reduce bucket 2 micro-batch 0\n"
            "reduce bucket 0 micro-batch 0\n"
            "reduce bucket 2 micro-batch 1\n"
            "reduce bucket 0 micro-batch 1\n"
            "commit\n"
            "update bucket 0\n"
            "gather bucket 0\n"
            "update bucket 2\n"
            "gather bucket 2\n"
            "acknowledge\n");
}

}  // namespace
}  // namespace zerod
