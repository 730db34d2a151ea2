#include "zerod/embedded.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/status_macros.h"
#include "engine/initial_values.h"
#include "engine/job.h"
#include "engine/local_trainer.h"

namespace zerod {
namespace {

class EmbeddedTrainer final : public Trainer {
 public:
  // `attachment` is the job's, at `rank`.
  EmbeddedTrainer(std::shared_ptr<Job> job, int rank, std::shared_ptr<Attachment> attachment)
      : job_(std::move(job)),
        attachment_(std::move(attachment)),
        rank_(rank),
        end_(AttachLocally(*job_, rank, *attachment_)) {}
  ~EmbeddedTrainer() override { job_->Detach(rank_, attachment_->id, "left"); }

  int rank() const override { return rank_; }
  std::span<const ParameterSpec> parameters() const override {
    return job_->layout().spec.parameters;
  }
  absl::StatusOr<std::size_t> FindParameter(absl::string_view name) const override {
    return job_->layout().table.Find(name);
  }
  ConstTensorView Weights(std::size_t parameter) const override {
    return job_->Weights(rank_, Checked(parameter));
  }
  TensorView Gradient(std::size_t parameter) const override {
    return GradientView(job_->layout(), attachment_->gradients, Checked(parameter));
  }

  absl::Status Open(const OpenRequest& request) override { return end_.Open(request); }
  absl::Status MarkGradientReady(std::size_t parameter) override {
    ZEROD_RETURN_IF_ERROR(CheckIndex(parameter));
    return end_.MarkGradient(parameter, true);
  }
  absl::Status MarkGradientAbsent(std::size_t parameter) override {
    ZEROD_RETURN_IF_ERROR(CheckIndex(parameter));
    return end_.MarkGradient(parameter, false);
  }
  absl::Status WaitForGradientBuffers() override { return end_.WaitForGradientBuffers(); }
  absl::Status Step(const StepRequest& request) override { return end_.Step(request); }
  absl::Status Abort(absl::string_view reason) override { return end_.Abort(reason); }
  absl::StatusOr<StepResult> Result() override { return end_.Result(); }
  absl::Status WaitForWeights(std::size_t parameter) override {
    ZEROD_RETURN_IF_ERROR(CheckIndex(parameter));
    return end_.WaitForWeights(parameter);
  }
  absl::Status WaitForAllWeights() override { return end_.WaitForAllWeights(); }
  absl::StatusOr<JobStatistics> Statistics() const override { return job_->Statistics(); }

 private:
  absl::Status CheckIndex(std::size_t parameter) const {
    return job_->layout().table.CheckIndex(parameter);
  }
  // A view can't carry an error.
  std::size_t Checked(std::size_t parameter) const {
    ZEROD_CHECK(CheckIndex(parameter).ok());
    return parameter;
  }

  const std::shared_ptr<Job> job_;
  const std::shared_ptr<Attachment> attachment_;
  const int rank_;
  TrainerEnd end_;
};

class EmbeddedJob final : public Embedded {
 public:
  explicit EmbeddedJob(std::shared_ptr<Job> job) : job_(std::move(job)) {}

  absl::StatusOr<std::unique_ptr<Trainer>> Attach(int rank) override {
    const int world_size = job_->layout().world.world_size();
    if (rank < 0 || rank >= world_size) {
      return absl::InvalidArgumentError(
          absl::StrCat("there is no rank ", rank, " in a world of ", world_size));
    }
    if (!job_->layout().IsContributor(rank)) {
      return absl::InvalidArgumentError(absl::StrCat("rank ", rank, " takes no trainer"));
    }
    ZEROD_ASSIGN_OR_RETURN(std::shared_ptr<Attachment> attachment, job_->Attach(rank));
    return std::make_unique<EmbeddedTrainer>(job_, rank, std::move(attachment));
  }

  absl::StatusOr<std::vector<float>> MasterWeights(std::size_t parameter) const override {
    ZEROD_RETURN_IF_ERROR(job_->layout().table.CheckIndex(parameter));
    return job_->MasterWeights(parameter);
  }

  JobStatistics Statistics() const override { return job_->Statistics(); }

 private:
  const std::shared_ptr<Job> job_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Embedded>> Embedded::Create(
    const EmbeddedOptions& options, const JobSpec& spec,
    std::span<const ConstTensorView> initial_values) {
  WorldSpec world;
  for (std::size_t rank = 0; rank < options.ranks.size(); ++rank) {
    world.shard_weights.push_back(options.ranks[rank].shard_weight);
    if (options.ranks[rank].trainer) world.contributors.push_back(static_cast<int>(rank));
  }
  if (options.step_deadline <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "step_deadline is ", absl::FormatDuration(options.step_deadline), "; it must be positive"));
  }
  if (options.threads_per_rank < 1 || options.threads_per_rank > kMaxThreadsPerRank) {
    return absl::InvalidArgumentError(absl::StrCat("threads_per_rank is ", options.threads_per_rank,
                                                   "; it must be from 1 to ", kMaxThreadsPerRank));
  }
  ZEROD_ASSIGN_OR_RETURN(std::shared_ptr<const JobLayout> layout, JobLayout::Create(spec, world));
  ZEROD_RETURN_IF_ERROR(CheckInitialValues(*layout, initial_values));
  ZEROD_ASSIGN_OR_RETURN(std::unique_ptr<Job> job,
                         Job::Create({.layout = std::move(layout),
                                      .budget = MemoryBudget::Create(options.memory_limit_bytes),
                                      .step_deadline = options.step_deadline,
                                      .threads_per_rank = options.threads_per_rank}));
  for (std::size_t parameter = 0; parameter < initial_values.size(); ++parameter) {
    ZEROD_RETURN_IF_ERROR(job->LoadValues(parameter, 0, initial_values[parameter]));
  }
  ZEROD_RETURN_IF_ERROR(job->Start());
  return std::make_unique<EmbeddedJob>(std::move(job));
}

}  // namespace zerod
