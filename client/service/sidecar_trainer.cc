#include "client/service/sidecar_trainer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/status_macros.h"
#include "ipc/handshake.h"
#include "proto/convert.h"

namespace zerod {

SidecarTrainer::SidecarTrainer(SidecarAttachment attachment)
    : attachment_(std::move(attachment)),
      end_({.layout = attachment_.layout.get(),
            .trainer_page = ViewTrainerPage(attachment_.trainer_page.bytes(),
                                            attachment_.layout->buckets.size(),
                                            attachment_.layout->table.parameters().size()),
            .rank_page =
                ViewRankPage(attachment_.rank_page.bytes(), attachment_.layout->buckets.size()),
            .gradients = attachment_.gradients.bytes(),
            .commit = [this](std::uint32_t sequence,
                             const TrainerCommit& commit) { return SendCommit(sequence, commit); },
            .give_up = [this](std::uint32_t sequence,
                              absl::string_view reason) { return SendAbort(sequence, reason); },
            .check_alive = [this] { return CheckDaemon(); }}) {}

SidecarTrainer::~SidecarTrainer() {
  if (CheckDaemon().ok())
    SendDetach(*attachment_.connection, attachment_.job.name, attachment_.number);
}

std::span<const ParameterSpec> SidecarTrainer::parameters() const {
  return attachment_.layout->spec.parameters;
}

absl::StatusOr<std::size_t> SidecarTrainer::FindParameter(absl::string_view name) const {
  return attachment_.layout->table.Find(name);
}

ConstTensorView SidecarTrainer::Weights(std::size_t parameter) const {
  ZEROD_CHECK(CheckIndex(parameter).ok());  // a view can't carry an error
  return WeightsView(*attachment_.layout, attachment_.weights.bytes(), parameter);
}

TensorView SidecarTrainer::Gradient(std::size_t parameter) const {
  ZEROD_CHECK(CheckIndex(parameter).ok());
  return GradientView(*attachment_.layout, attachment_.gradients.bytes(), parameter);
}

absl::Status SidecarTrainer::MarkGradientReady(std::size_t parameter) {
  ZEROD_RETURN_IF_ERROR(CheckIndex(parameter));
  return end_.MarkGradient(parameter, true);
}

absl::Status SidecarTrainer::MarkGradientAbsent(std::size_t parameter) {
  ZEROD_RETURN_IF_ERROR(CheckIndex(parameter));
  return end_.MarkGradient(parameter, false);
}

absl::Status SidecarTrainer::WaitForWeights(std::size_t parameter) {
  ZEROD_RETURN_IF_ERROR(CheckIndex(parameter));
  return end_.WaitForWeights(parameter);
}

absl::StatusOr<JobStatistics> SidecarTrainer::Statistics() const {
  ZEROD_ASSIGN_OR_RETURN(const v1::JobDescription description,
                         DescribeJob(*attachment_.connection, attachment_.job, false));
  return FromProto(description);
}

absl::Status SidecarTrainer::CheckIndex(std::size_t parameter) const {
  return attachment_.layout->table.CheckIndex(parameter);
}

absl::Status SidecarTrainer::CheckDaemon() const {
  if (CheckAlive(attachment_.socket).ok()) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("the daemon at ", attachment_.connection->options.address, " is gone"));
}

}  // namespace zerod
