#include "tests/engine/small_job.h"

#include <thread>
#include <utility>
#include <vector>

#include "base/status_macros.h"
#include "gtest/gtest.h"

namespace zerod {
namespace {

JobSpec Model() {
  JobSpec spec;
  spec.parameters = {{.name = "matrix", .shape = {40, 31}}, {.name = "bias", .shape = {77}}};
  spec.groups[0].hyperparameters = {.lr = 0.01, .weight_decay = 0.1};
  spec.bucket_bytes = 1024;
  return spec;
}

}  // namespace

SmallJob::SmallJob(CommunicatorDecorator decorate, absl::Duration step_deadline) {
  // Two trainers; the third rank only owns state.
  auto layout = *JobLayout::Create(Model(), {.shard_weights = {2, 1, 1}, .contributors = {0, 1}});
  job_ = *Job::Create({.layout = std::move(layout),
                       .budget = MemoryBudget::Create(0),
                       .step_deadline = step_deadline,
                       .decorate = std::move(decorate)});
  const std::vector<float> matrix(40 * 31, 0.5f);
  const std::vector<float> bias(77, 0.25f);
  EXPECT_TRUE(job_->LoadValues(0, 0, ConstTensorView::Of(matrix)).ok());
  EXPECT_TRUE(job_->LoadValues(1, 0, ConstTensorView::Of(bias)).ok());
  EXPECT_TRUE(job_->Start().ok());
}

absl::Status SmallJob::Attach(int rank) {
  ZEROD_ASSIGN_OR_RETURN(seats_[rank].attachment, job_->Attach(rank));
  seats_[rank].end =
      std::make_unique<TrainerEnd>(AttachLocally(*job_, rank, *seats_[rank].attachment));
  return absl::OkStatus();
}

void SmallJob::Detach(int rank) { job_->Detach(rank, seats_[rank].attachment->id, "left"); }

TensorView SmallJob::Gradient(int rank, std::size_t parameter) {
  return GradientView(job_->layout(), seats_[rank].attachment->gradients, parameter);
}

std::unique_ptr<SmallJob> MakeSmallJob(CommunicatorDecorator decorate,
                                       absl::Duration step_deadline) {
  return std::make_unique<SmallJob>(std::move(decorate), step_deadline);
}

absl::StatusOr<StepResult> TryStep(SmallJob& job, int rank, std::uint64_t step) {
  TrainerEnd& trainer = job.trainer(rank);
  if (absl::Status opened = trainer.Open({}); !opened.ok()) return opened;
  for (std::size_t parameter = 0; parameter < kParameters; ++parameter) {
    const TensorView gradient = job.Gradient(rank, parameter);
    for (std::size_t i = 0; i < gradient.element_count(); ++i) {
      gradient.bf16()[i] =
          static_cast<std::uint16_t>(0x3f00 + (i * 7 + step * 13 + rank * 5) % 256);
    }
    if (absl::Status marked = trainer.MarkGradient(parameter, true); !marked.ok()) return marked;
  }
  if (absl::Status committed = trainer.Step({.step = step, .max_grad_norm = 1.0});
      !committed.ok()) {
    return committed;
  }
  return trainer.Result();
}

void TrainRank(SmallJob& job, int rank) {
  ASSERT_TRUE(job.Attach(rank).ok());
  for (std::uint64_t step = 1; step <= kSteps; ++step) {
    absl::StatusOr<StepResult> result;
    do {
      result = TryStep(job, rank, step);
    } while (result.status().code() == absl::StatusCode::kAborted);
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(result->step, step);
  }
  ASSERT_TRUE(job.trainer(rank).WaitForAllWeights().ok());
}

Outcome Train(CommunicatorDecorator decorate) {
  const auto job = MakeSmallJob(std::move(decorate));
  std::thread other([&] { TrainRank(*job, 1); });
  TrainRank(*job, 0);
  other.join();
  const JobStatistics statistics = (*job)->Statistics();
  Outcome outcome{.telemetry = statistics.groups[0].telemetry,
                  .aborted_attempts = statistics.aborted_attempts};
  for (std::size_t parameter = 0; parameter < kParameters; ++parameter) {
    outcome.masters.push_back(*(*job)->MasterWeights(parameter));
    for (int rank : {0, 1}) {
      const TensorView view = (*job)->Weights(rank, parameter);
      outcome.weights.emplace_back(view.bytes.begin(), view.bytes.end());
    }
  }
  return outcome;
}

}  // namespace zerod
