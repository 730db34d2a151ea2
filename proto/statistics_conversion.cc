#include <string>

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

}  // namespace zerod
