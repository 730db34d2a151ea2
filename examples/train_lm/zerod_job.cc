#include "examples/train_lm/zerod_job.h"

#include "base/status_macros.h"

namespace zerod::train_lm {

std::vector<AdamWHyperparameters> GroupHyperparameters(const OptimizerSettings& settings,
                                                       double learning_rate) {
  AdamWHyperparameters decay{.lr = learning_rate,
                             .beta1 = settings.beta1,
                             .beta2 = settings.beta2,
                             .eps = settings.eps,
                             .weight_decay = settings.weight_decay};
  AdamWHyperparameters no_decay = decay;
  no_decay.weight_decay = 0.0;
  return {no_decay, decay};
}

absl::StatusOr<JobSpec> MakeJobSpec(const RunConfig& config, const ParameterTable& table) {
  ZEROD_ASSIGN_OR_RETURN(const StateCodec codec, ParseStateCodec(config.codec));
  JobSpec spec{.name = config.service.job, .seed = config.seed, .codec = codec};
  const auto hyperparameters = GroupHyperparameters(config.settings, 0.0);
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
