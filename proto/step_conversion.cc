#include <optional>

#include "absl/strings/str_cat.h"
#include "proto/convert.h"
#include "proto/limits.h"

namespace zerod {
namespace {

absl::Status ReadAbsent(const v1::StepRequest& message, std::vector<std::uint8_t>& absent) {
  const std::uint32_t* previous = nullptr;
  for (const std::uint32_t& index : message.absent()) {
    if (index >= absent.size()) {
      return absl::InvalidArgumentError(
          absl::StrCat("absent names parameter ", index, "; the job has ", absent.size()));
    }
    if (previous != nullptr && index <= *previous) {
      return absl::InvalidArgumentError(absl::StrCat("absent names parameter ", index, " after ",
                                                     *previous, "; they must be ascending"));
    }
    absent[index] = 1;
    previous = &index;
  }
  return absl::OkStatus();
}

// Unspecified, which FromProto refuses, for what is no outcome.
v1::StepOutcome ToProto(StepOutcome outcome) {
  switch (outcome) {
    case StepOutcome::kUpdated:
      return v1::STEP_OUTCOME_UPDATED;
    case StepOutcome::kSkipped:
      return v1::STEP_OUTCOME_SKIPPED;
  }
  return v1::STEP_OUTCOME_UNSPECIFIED;
}

// A message's enum holds any number.
std::optional<StepOutcome> OutcomeFromNumber(int number) {
  switch (number) {
    case v1::STEP_OUTCOME_UPDATED:
      return StepOutcome::kUpdated;
    case v1::STEP_OUTCOME_SKIPPED:
      return StepOutcome::kSkipped;
  }
  return std::nullopt;
}

}  // namespace

v1::StepRequest ToProto(const TrainerCommit& commit) {
  const auto& [request, absent] = commit;
  const auto& [step, hyperparameters, max_grad_norm] = request;
  v1::StepRequest message;
  message.set_step(step.value_or(0));
  for (const Hyperparameters& group : hyperparameters) {
    *message.add_hyperparameters() = ToProto(group);
  }
  message.set_max_grad_norm(max_grad_norm);
  for (std::size_t index = 0; index < absent.size(); ++index) {
    if (absent[index] != 0) message.add_absent(static_cast<std::uint32_t>(index));
  }
  return message;
}

absl::StatusOr<TrainerCommit> FromProto(const v1::StepRequest& message,
                                        std::size_t parameter_count) {
  if (message.step() == 0) {
    return absl::InvalidArgumentError("step is 0; steps are numbered from 1");
  }
  if (static_cast<std::size_t>(message.hyperparameters_size()) > kMaxGroups) {
    return absl::InvalidArgumentError(absl::StrCat("hyperparameters are for ",
                                                   message.hyperparameters_size(),
                                                   " groups; a job has at most ", kMaxGroups));
  }
  TrainerCommit commit;
  commit.request.step = message.step();
  for (const v1::Hyperparameters& group : message.hyperparameters()) {
    commit.request.hyperparameters.push_back(FromProto(group));
  }
  commit.request.max_grad_norm = message.max_grad_norm();
  commit.absent.resize(parameter_count);
  if (absl::Status read = ReadAbsent(message, commit.absent); !read.ok()) return read;
  return commit;
}

v1::StepResult ToProto(const StepResult& result) {
  const auto& [step, attempt, outcome, gradient_norm, clip_factor] = result;
  v1::StepResult message;
  message.set_step(step);
  message.set_attempt(attempt);
  message.set_outcome(ToProto(outcome));
  message.set_gradient_norm(gradient_norm);
  message.set_clip_factor(clip_factor);
  return message;
}

absl::StatusOr<StepResult> FromProto(const v1::StepResult& result) {
  const std::optional<StepOutcome> outcome = OutcomeFromNumber(result.outcome());
  if (!outcome) {
    return absl::InvalidArgumentError(absl::StrCat("step ", result.step(), " has the outcome ",
                                                   static_cast<int>(result.outcome()),
                                                   ", which does not exist"));
  }
  return StepResult{.step = result.step(),
                    .attempt = result.attempt(),
                    .outcome = *outcome,
                    .gradient_norm = result.gradient_norm(),
                    .clip_factor = result.clip_factor()};
}

}  // namespace zerod
