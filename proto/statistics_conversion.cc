#include <string>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "proto/convert.h"

namespace zerod {
namespace {

v1::PhaseSeconds ToProto(const PhaseSeconds& seconds) {
  const auto& [wait, reduce, commit, update, gather] = seconds;
  v1::PhaseSeconds message;
  message.set_wait(wait);
  message.set_reduce(reduce);
  message.set_commit(commit);
  message.set_update(update);
  message.set_gather(gather);
  return message;
}

PhaseSeconds FromProto(const v1::PhaseSeconds& message) {
  return {.wait = message.wait(),
          .reduce = message.reduce(),
          .commit = message.commit(),
          .update = message.update(),
          .gather = message.gather()};
}

v1::GroupDescription ToProto(const GroupStatistics& statistics) {
  const auto& [name, telemetry] = statistics;
  v1::GroupDescription message;
  message.set_name(name);
  *message.mutable_telemetry() = ToProto(telemetry);
  return message;
}

std::string KindName(std::size_t kind) {
  return std::string(MemoryKindName(static_cast<MemoryKind>(kind)));
}

}  // namespace

v1::GroupTelemetry ToProto(const GroupTelemetry& telemetry) {
  const auto& [element_count, unmoved_count, floor_count, max_update] = telemetry;
  v1::GroupTelemetry message;
  message.set_element_count(element_count);
  message.set_unmoved_count(unmoved_count);
  message.set_floor_count(floor_count);
  message.set_max_update(max_update);
  return message;
}

GroupTelemetry FromProto(const v1::GroupTelemetry& message) {
  return {.element_count = message.element_count(),
          .unmoved_count = message.unmoved_count(),
          .floor_count = message.floor_count(),
          .max_update = message.max_update()};
}

v1::RankDescription ToProto(const RankStatistics& statistics) {
  const auto& [rank, shard_weight, has_trainer, trainer, owned_elements, memory, sent_bytes,
               received_bytes, nonfinite_updates, groups, last_step, total] = statistics;
  v1::RankDescription message;
  message.set_rank(rank);
  message.set_shard_weight(shard_weight);
  message.set_takes_trainer(has_trainer);
  message.set_trainer(trainer);
  message.set_owned_elements(owned_elements);
  for (std::size_t kind = 0; kind < kMemoryKindCount; ++kind) {
    (*message.mutable_bytes())[KindName(kind)] = memory.by_kind[kind];
  }
  message.set_sent_bytes(sent_bytes);
  message.set_received_bytes(received_bytes);
  message.set_nonfinite_updates(nonfinite_updates);
  for (const GroupTelemetry& group : groups) *message.add_groups() = ToProto(group);
  *message.mutable_last_step() = ToProto(last_step);
  *message.mutable_total() = ToProto(total);
  return message;
}

RankStatistics FromProto(const v1::RankDescription& description) {
  RankStatistics statistics{.rank = description.rank(),
                            .shard_weight = description.shard_weight(),
                            .has_trainer = description.takes_trainer(),
                            .trainer = description.trainer(),
                            .owned_elements = description.owned_elements(),
                            .memory = {},
                            .sent_bytes = description.sent_bytes(),
                            .received_bytes = description.received_bytes(),
                            .nonfinite_updates = description.nonfinite_updates(),
                            .groups = {},
                            .last_step = FromProto(description.last_step()),
                            .total = FromProto(description.total())};
  for (std::size_t kind = 0; kind < kMemoryKindCount; ++kind) {
    const auto found = description.bytes().find(KindName(kind));
    if (found != description.bytes().end()) statistics.memory.by_kind[kind] = found->second;
  }
  for (const v1::GroupTelemetry& group : description.groups()) {
    statistics.groups.push_back(FromProto(group));
  }
  return statistics;
}

v1::JobDescription ToProto(const JobStatistics& statistics) {
  const auto& [parameter_count, element_count, trainable_element_count, wide_master_parameters,
               wide_master_element_count, optimizer, has_v_codes, groups, last_updated_step, step,
               skipped_steps, aborted_attempts, last_result, ranks] = statistics;
  v1::JobDescription message;
  message.set_parameter_count(parameter_count);
  message.set_element_count(element_count);
  message.set_trainable_element_count(trainable_element_count);
  message.mutable_wide_master_parameters()->Assign(wide_master_parameters.begin(),
                                                   wide_master_parameters.end());
  message.set_wide_master_element_count(wide_master_element_count);
  message.set_optimizer(static_cast<v1::Optimizer>(optimizer));
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
  if (description.optimizer() < v1::OPTIMIZER_ADAMW ||
      description.optimizer() > v1::Optimizer_MAX) {
    return absl::InvalidArgumentError(absl::StrCat(
        "job '", description.name(), "' has the optimizer ",
        static_cast<int>(description.optimizer()), ", which this build of zerod does not know"));
  }
  JobStatistics statistics{.parameter_count = description.parameter_count(),
                           .element_count = description.element_count(),
                           .trainable_element_count = description.trainable_element_count(),
                           .wide_master_parameters = {description.wide_master_parameters().begin(),
                                                      description.wide_master_parameters().end()},
                           .wide_master_element_count = description.wide_master_element_count(),
                           .optimizer = static_cast<Optimizer>(description.optimizer()),
                           .has_v_codes = description.has_v_codes(),
                           .groups = {},
                           .last_updated_step = description.last_updated_step(),
                           .step = description.step(),
                           .skipped_steps = description.skipped_steps(),
                           .aborted_attempts = description.aborted_attempts(),
                           .last_result = {},
                           .ranks = {}};
  for (const v1::GroupDescription& group : description.groups()) {
    statistics.groups.push_back({.name = group.name(), .telemetry = FromProto(group.telemetry())});
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
