// Commits, results, initial values and placements as messages.
#include <cmath>
#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/convert.h"
#include "tests/engine/job_specs.h"

namespace zerod {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

std::string Message(const absl::Status& status) {
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  return std::string(status.message());
}

TEST(StepConversion, CommitsRoundTrip) {
  const TrainerCommit commit{
      .request =
          {.step = 5,
           .hyperparameters = {{.lr = 1, .beta1 = 2, .beta2 = 3, .eps = 4, .weight_decay = 5},
                               {.lr = 6, .momentum = 7, .nesterov = true, .initial_lr = 8}},
           .max_grad_norm = 7.5},
      .absent = {0, 1, 0, 0, 1}};
  const v1::StepRequest message = ToProto(commit);
  EXPECT_THAT(message.absent(), ElementsAre(1, 4));
  const absl::StatusOr<TrainerCommit> back = FromProto(message, 5);
  ASSERT_TRUE(back.ok()) << back.status();
  const auto& [request, absent] = *back;
  const auto& [step, hyperparameters, max_grad_norm] = request;
  EXPECT_EQ(step, 5);
  EXPECT_EQ(hyperparameters, commit.request.hyperparameters);
  EXPECT_EQ(max_grad_norm, 7.5);
  EXPECT_EQ(absent, commit.absent);
}

TEST(StepConversion, CommitsThatCannotBe) {
  v1::StepRequest message;
  EXPECT_THAT(Message(FromProto(message, 3).status()), HasSubstr("step is 0"));
  message.set_step(1);
  EXPECT_THAT(FromProto(message, 3)->absent, ElementsAre(0, 0, 0));
  message.add_absent(3);
  EXPECT_THAT(Message(FromProto(message, 3).status()),
              AllOf(HasSubstr("parameter 3"), HasSubstr("has 3")));
  message.set_absent(0, 1);
  message.add_absent(1);
  EXPECT_THAT(Message(FromProto(message, 3).status()), HasSubstr("1 after 1"));
  message.clear_absent();
  for (int i = 0; i < 1025; ++i) message.add_hyperparameters();
  EXPECT_THAT(Message(FromProto(message, 3).status()), HasSubstr("1025 groups"));
}

TEST(StepConversion, ResultsRoundTrip) {
  for (const StepOutcome outcome : {StepOutcome::kUpdated, StepOutcome::kSkipped}) {
    const StepResult result{.step = 1,
                            .attempt = 2,
                            .outcome = outcome,
                            .gradient_norm = std::numeric_limits<double>::infinity(),
                            .clip_factor = 0.5f};
    const absl::StatusOr<StepResult> back = FromProto(ToProto(result));
    ASSERT_TRUE(back.ok()) << back.status();
    const auto& [step, attempt, back_outcome, gradient_norm, clip_factor] = *back;
    EXPECT_EQ(step, 1);
    EXPECT_EQ(attempt, 2);
    EXPECT_EQ(back_outcome, outcome);
    EXPECT_TRUE(std::isinf(gradient_norm));
    EXPECT_EQ(clip_factor, 0.5f);
  }
}

TEST(StepConversion, AnOutcomeThatDoesNotExistIsNoOther) {
  v1::StepResult unknown;
  unknown.set_outcome(static_cast<v1::StepOutcome>(3));
  EXPECT_THAT(Message(FromProto(unknown).status()), HasSubstr("outcome 3"));
  const StepResult broken{.outcome = static_cast<StepOutcome>(9)};
  EXPECT_THAT(Message(FromProto(ToProto(broken)).status()), HasSubstr("outcome 0"));
}

TEST(PlacementConversion, CompletesWhatIsEmpty) {
  const absl::StatusOr<WorldSpec> world = FromProto(v1::Placement(), 3);
  ASSERT_TRUE(world.ok()) << world.status();
  EXPECT_THAT(world->shard_weights, ElementsAre(1, 1, 1));
  EXPECT_THAT(world->contributors, ElementsAre(0, 1, 2));
  const WorldSpec uneven{.shard_weights = {0, 7, 1}, .contributors = {0, 2}};
  const absl::StatusOr<WorldSpec> back = FromProto(ToProto(uneven), 3);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->shard_weights, uneven.shard_weights);
  EXPECT_EQ(back->contributors, uneven.contributors);
}

TEST(PlacementConversion, RefusesWhatFitsNoCluster) {
  const auto refusal = [](const WorldSpec& world, int rank_count) {
    return Message(FromProto(ToProto(world), rank_count).status());
  };
  EXPECT_THAT(refusal({}, 0), HasSubstr("0 ranks"));
  EXPECT_THAT(refusal({}, 1 << 20), HasSubstr("1048576 ranks"));
  EXPECT_THAT(refusal({.shard_weights = {1, 1}, .contributors = {}}, 3),
              AllOf(HasSubstr("2 shard_weights"), HasSubstr("3 ranks")));
  EXPECT_THAT(refusal({.shard_weights = {}, .contributors = {0, 3}}, 3),
              AllOf(HasSubstr("contributor 3"), HasSubstr("0 to 2")));
  EXPECT_THAT(refusal({.shard_weights = {}, .contributors = {-1}}, 3), HasSubstr("contributor -1"));
  EXPECT_THAT(refusal({.shard_weights = {}, .contributors = {1, 1}}, 3), HasSubstr("1 after 1"));
}

TEST(InitialValuesConversion, ViewsAndRefusals) {
  const auto layout = *JobLayout::Create(OddModel(), {.shard_weights = {1}, .contributors = {0}});
  v1::InitialValues message;
  message.set_parameter(1);  // block.norm.weight: 51 elements
  message.set_first(49);
  message.set_dtype(v1::DTYPE_FP32);
  const std::vector<float> values = {1.0f, 2.0f};
  message.set_values(values.data(), 8);
  const absl::StatusOr<InitialValuesPart> part = FromProto(message, *layout);
  ASSERT_TRUE(part.ok()) << part.status();
  EXPECT_EQ(part->parameter, 1);
  EXPECT_EQ(part->first, 49);
  EXPECT_THAT(std::span(part->values.fp32(), 2), ElementsAre(1.0f, 2.0f));

  const auto refusal = [&] { return Message(FromProto(message, *layout).status()); };
  message.set_first(50);
  EXPECT_THAT(refusal(), AllOf(HasSubstr("'block.norm.weight'"), HasSubstr("2 elements from 50")));
  message.set_first(std::numeric_limits<std::uint64_t>::max());
  EXPECT_THAT(refusal(), HasSubstr("has 51"));
  message.set_first(0);
  message.set_values("abc");
  EXPECT_THAT(refusal(), HasSubstr("3 bytes"));
  message.set_dtype(v1::DTYPE_UNSPECIFIED);
  EXPECT_THAT(refusal(), HasSubstr("dtype 0"));
  message.set_parameter(10);
  EXPECT_THAT(refusal(), AllOf(HasSubstr("parameter 10"), HasSubstr("has 10")));
}

}  // namespace
}  // namespace zerod
