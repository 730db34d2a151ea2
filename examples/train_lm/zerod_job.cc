#include "examples/train_lm/zerod_job.h"

#include <algorithm>

#include "base/status_macros.h"
#include "examples/train_lm/hyperparameters.h"

namespace zerod::train_lm {

absl::StatusOr<JobSpec> MakeJobSpec(const RunConfig& config, const ParameterTable& table) {
  ZEROD_ASSIGN_OR_RETURN(const StateCodec codec, ParseStateCodec(config.codec));
  ZEROD_ASSIGN_OR_RETURN(const MasterRounding rounding,
                         ParseMasterRounding(config.master_rounding));
  ZEROD_ASSIGN_OR_RETURN(const zerod::Optimizer optimizer, UpdateOf(config));
  JobSpec spec{.name = config.service.job,
               .seed = config.seed,
               .optimizer = optimizer,
               .codec = codec,
               .master_rounding = rounding};
  const auto hyperparameters = GroupHyperparameters(config, 0.0);
  spec.groups = {
      {.name = "no_decay", .patterns = {"*.bias", "*norm*"}, .hyperparameters = hyperparameters[0]},
      {.name = "decay", .hyperparameters = hyperparameters[1]}};
  for (const Parameter& parameter : table.all) {
    spec.parameters.push_back({.name = parameter.name, .shape = parameter.shape});
  }
  spec.micro_batches = static_cast<std::uint32_t>(config.settings.micro_batches);
  // A model this small would fit into one bucket, and nothing would travel while anything is
  // computed.
  spec.bucket_bytes = 256u << 10;
  return spec;
}

std::vector<ConstTensorView> ParameterViews(const ParameterTable& table,
                                            std::span<const float> values) {
  std::vector<ConstTensorView> views;
  for (const Parameter& parameter : table.all) {
    views.push_back(ConstTensorView::Of(values.subspan(parameter.offset, parameter.count)));
  }
  return views;
}

OptimizerUsage UsageOf(const JobStatistics& statistics) {
  OptimizerUsage usage{.wide_master_elements = statistics.wide_master_element_count,
                       .wide_master_parameters = statistics.wide_master_parameters,
                       .skipped_steps = statistics.skipped_steps,
                       .last_updated_step = statistics.last_updated_step};
  for (const GroupStatistics& group : statistics.groups) {
    const GroupTelemetry& telemetry = group.telemetry;
    const double count = static_cast<double>(std::max<std::uint64_t>(telemetry.element_count, 1));
    GroupUsage& used = usage.groups.emplace_back();
    used.name = group.name;
    used.unmoved_share = static_cast<double>(telemetry.unmoved_count) / count;
    if (statistics.has_v_codes) {
      used.floor_share = static_cast<double>(telemetry.floor_count) / count;
    }
    used.max_update = telemetry.max_update;
  }
  for (const RankStatistics& rank : statistics.ranks) {
    RankUsage& used = usage.ranks.emplace_back();
    used.rank = rank.rank;
    used.has_trainer = rank.has_trainer;
    for (std::size_t kind = 0; kind < kMemoryKindCount; ++kind) {
      const auto name = MemoryKindName(static_cast<MemoryKind>(kind));
      used.bytes_by_kind[std::string(name)] = rank.memory.by_kind[kind];
    }
    used.optimizer_state_bytes = rank.memory.OptimizerState();
    used.sent_bytes = rank.sent_bytes;
    used.received_bytes = rank.received_bytes;
  }
  return usage;
}

}  // namespace zerod::train_lm
