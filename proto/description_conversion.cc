#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "proto/convert.h"

namespace zerod {
namespace {

v1::GroupDescription ToProto(const GroupStatistics& statistics) {
  const auto& [name, frozen, master, hyperparameters, update_count, update_bound, telemetry] =
      statistics;
  v1::GroupDescription message;
  message.set_name(name);
  message.set_frozen(frozen);
  if (master) message.set_master(static_cast<v1::MasterFormat>(*master));
  *message.mutable_hyperparameters() = ToProto(hyperparameters);
  message.set_update_count(update_count);
  message.set_update_bound(update_bound);
  *message.mutable_telemetry() = ToProto(telemetry);
  return message;
}

// `value` of `message`'s enum, whose last one is `last`.
absl::Status CheckEnum(const v1::JobDescription& message, absl::string_view field, int value,
                       int last) {
  if (value >= 1 && value <= last) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("job '", message.name(), "' has the ", field, " ",
                                                 value,
                                                 ", which this build of zerod does not know"));
}

absl::Status CheckEnums(const v1::JobDescription& message) {
  ZEROD_RETURN_IF_ERROR(CheckEnum(message, "optimizer", message.optimizer(), v1::Optimizer_MAX));
  ZEROD_RETURN_IF_ERROR(CheckEnum(message, "codec", message.codec(), v1::StateCodec_MAX));
  ZEROD_RETURN_IF_ERROR(
      CheckEnum(message, "master_rounding", message.master_rounding(), v1::MasterRounding_MAX));
  for (const v1::GroupDescription& group : message.groups()) {
    if (group.master() == v1::MASTER_FORMAT_UNSPECIFIED) continue;
    ZEROD_RETURN_IF_ERROR(
        CheckEnum(message, "master format", group.master(), v1::MasterFormat_MAX));
  }
  return absl::OkStatus();
}

GroupStatistics FromProto(const v1::GroupDescription& message) {
  GroupStatistics statistics{.name = message.name(),
                             .frozen = message.frozen(),
                             .master = {},
                             .hyperparameters = zerod::FromProto(message.hyperparameters()),
                             .update_count = message.update_count(),
                             .update_bound = message.update_bound(),
                             .telemetry = zerod::FromProto(message.telemetry())};
  if (message.master() != v1::MASTER_FORMAT_UNSPECIFIED) {
    statistics.master = static_cast<MasterFormat>(message.master());
  }
  return statistics;
}

}  // namespace

v1::JobDescription ToProto(const JobStatistics& statistics) {
  const auto& [parameter_count, element_count, trainable_element_count, wide_master_parameters,
               wide_master_element_count, optimizer, codec, master_rounding, has_v_codes, groups,
               last_updated_step, step, skipped_steps, aborted_attempts, last_result, ranks] =
      statistics;
  v1::JobDescription message;
  message.set_parameter_count(parameter_count);
  message.set_element_count(element_count);
  message.set_trainable_element_count(trainable_element_count);
  message.mutable_wide_master_parameters()->Assign(wide_master_parameters.begin(),
                                                   wide_master_parameters.end());
  message.set_wide_master_element_count(wide_master_element_count);
  message.set_optimizer(static_cast<v1::Optimizer>(optimizer));
  message.set_codec(static_cast<v1::StateCodec>(codec));
  message.set_master_rounding(static_cast<v1::MasterRounding>(master_rounding));
  message.set_has_v_codes(has_v_codes);
  for (const GroupStatistics& group : groups) *message.add_groups() = ToProto(group);
  message.set_last_updated_step(last_updated_step);
  message.set_step(step);
  message.set_skipped_steps(skipped_steps);
  message.set_aborted_attempts(aborted_attempts);
  *message.mutable_last_result() = ToProto(last_result);
  for (const RankStatistics& rank : ranks) *message.add_ranks() = ToProto(rank);
  return message;
}

absl::StatusOr<JobStatistics> FromProto(const v1::JobDescription& description) {
  ZEROD_RETURN_IF_ERROR(CheckEnums(description));
  JobStatistics statistics{
      .parameter_count = description.parameter_count(),
      .element_count = description.element_count(),
      .trainable_element_count = description.trainable_element_count(),
      .wide_master_parameters = {description.wide_master_parameters().begin(),
                                 description.wide_master_parameters().end()},
      .wide_master_element_count = description.wide_master_element_count(),
      .optimizer = static_cast<Optimizer>(description.optimizer()),
      .codec = static_cast<StateCodec>(description.codec()),
      .master_rounding = static_cast<MasterRounding>(description.master_rounding()),
      .has_v_codes = description.has_v_codes(),
      .groups = {},
      .last_updated_step = description.last_updated_step(),
      .step = description.step(),
      .skipped_steps = description.skipped_steps(),
      .aborted_attempts = description.aborted_attempts(),
      .last_result = {},
      .ranks = {}};
  for (const v1::GroupDescription& group : description.groups()) {
    statistics.groups.push_back(FromProto(group));
  }
  if (description.has_last_result()) {
    ZEROD_ASSIGN_OR_RETURN(statistics.last_result, FromProto(description.last_result()));
  }
  for (const v1::RankDescription& rank : description.ranks()) {
    statistics.ranks.push_back(FromProto(rank));
  }
  return statistics;
}

}  // namespace zerod
