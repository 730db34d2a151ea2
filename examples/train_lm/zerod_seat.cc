#include "examples/train_lm/zerod_seat.h"

#include <map>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "base/status_macros.h"
#include "examples/train_lm/bf16.h"
#include "examples/train_lm/hyperparameters.h"
#include "examples/train_lm/zerod_job.h"
#include "zerod/model_files.h"

namespace zerod::train_lm {
namespace {

constexpr std::uint64_t kNever = ~std::uint64_t{0};

// "block.3.mlp.up.weight" and "block.0.mlp.up.weight" play the same role.
std::string RoleOf(const std::string& name) {
  if (!absl::StartsWith(name, "block.")) return name;
  return name.substr(name.find('.', 6) + 1);
}

}  // namespace

ZerodSeat::ZerodSeat(std::unique_ptr<Trainer> trainer, const RunConfig& config,
                     const ParameterTable& table)
    : trainer_(std::move(trainer)),
      config_(config),
      table_(table),
      weights_(table.element_count),
      copied_at_(table.all.size(), kNever) {
  std::map<std::string, std::size_t> offset_of_role;
  std::size_t end = 0;
  for (const Parameter& parameter : table.all) {
    const auto [entry, is_new] = offset_of_role.emplace(RoleOf(parameter.name), end);
    if (is_new) end += parameter.count;
    scratch_offset_.push_back(entry->second);
  }
  scratch_.resize(end);
}

absl::StatusOr<const float*> ZerodSeat::Weights(std::size_t parameter) {
  float* copy = weights_.data() + table_.all[parameter].offset;
  if (copied_at_[parameter] != steps_) {
    ZEROD_RETURN_IF_ERROR(trainer_->WaitForWeights(parameter));
    WidenBf16(table_.all[parameter].count, trainer_->Weights(parameter).bf16(), copy);
    copied_at_[parameter] = steps_;
  }
  return copy;
}

float* ZerodSeat::Gradient(std::size_t parameter) {
  return scratch_.data() + scratch_offset_[parameter];
}

absl::Status ZerodSeat::GradientReady(std::size_t parameter) {
  RoundToBf16(table_.all[parameter].count, Gradient(parameter),
              trainer_->Gradient(parameter).bf16());
  return trainer_->MarkGradientReady(parameter);
}

absl::Status ZerodSeat::BeginGradients() { return trainer_->WaitForGradientBuffers(); }

absl::StatusOr<StepReport> ZerodSeat::Step(double learning_rate) {
  ZEROD_RETURN_IF_ERROR(
      trainer_->Step({.hyperparameters = GroupHyperparameters(config_, learning_rate),
                      .max_grad_norm = config_.settings.max_gradient_norm}));
  // Waits for the decision only: the weights go on travelling while the next forward pass begins.
  ZEROD_ASSIGN_OR_RETURN(const StepResult result, trainer_->Result());
  ++steps_;
  return StepReport{.skipped = result.outcome == StepOutcome::kSkipped,
                    .gradient_norm = result.gradient_norm};
}

absl::Status ZerodSeat::Finish() { return trainer_->WaitForAllWeights(); }

absl::Status ZerodSeat::ExportWeights(const std::string& folder) {
  return zerod::ExportWeights(folder, *trainer_);
}

}  // namespace zerod::train_lm
