#include "examples/train_lm/zerod_job.h"

#include "base/status_macros.h"
#include "examples/train_lm/zerod_groups.h"

namespace zerod::train_lm {

absl::StatusOr<JobSpec> MakeJobSpec(const ZerodJobOptions& options,
                                    const OptimizerSettings& settings,
                                    const ParameterTable& table) {
  ZEROD_ASSIGN_OR_RETURN(const StateCodec codec, ParseStateCodec(options.codec));
  JobSpec spec{
      .name = options.name, .seed = options.seed, .groups = Groups(settings), .codec = codec};
  for (const Parameter& parameter : table.all) {
    spec.parameters.push_back({.name = parameter.name, .shape = parameter.shape});
  }
  spec.micro_batches = static_cast<std::uint32_t>(settings.micro_batches);
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
                       .skipped_steps = statistics.skipped_steps};
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
