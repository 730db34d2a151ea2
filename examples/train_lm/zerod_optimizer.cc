#include "examples/train_lm/zerod_optimizer.h"

#include <utility>

#include "base/status_macros.h"
#include "examples/train_lm/zerod_groups.h"
#include "examples/train_lm/zerod_seat.h"
#include "zerod/embedded.h"

namespace zerod::train_lm {
namespace {

JobSpec SpecOf(const ZerodOptions& options, const OptimizerSettings& settings,
               const ParameterTable& table, StateCodec codec) {
  JobSpec spec{
      .name = "train_lm", .seed = options.seed, .groups = Groups(settings), .codec = codec};
  for (const Parameter& parameter : table.all) {
    spec.parameters.push_back({.name = parameter.name, .shape = parameter.shape});
  }
  spec.micro_batches = static_cast<std::uint32_t>(settings.micro_batches);
  // A model this small would fit into one bucket, and nothing would travel while anything is
  // computed.
  spec.bucket_bytes = 256u << 10;
  return spec;
}

std::vector<RankOptions> RanksOf(const ZerodOptions& options) {
  std::vector<RankOptions> ranks;
  for (const std::uint32_t shard_weight : options.shard_weights) {
    ranks.push_back({.shard_weight = shard_weight});
  }
  while (ranks.size() < static_cast<std::size_t>(options.trainers)) {
    ranks.push_back({.shard_weight = 0});
  }
  for (std::size_t rank = 0; rank < ranks.size(); ++rank) {
    ranks[rank].trainer = rank < static_cast<std::size_t>(options.trainers);
  }
  return ranks;
}

class ZerodOptimizer : public Optimizer {
 public:
  ZerodOptimizer(std::unique_ptr<Embedded> job, const OptimizerSettings& settings,
                 const ParameterTable& table)
      : job_(std::move(job)), settings_(settings), table_(table) {}

  absl::StatusOr<std::unique_ptr<TrainerSeat>> Attach(int trainer) override {
    ZEROD_ASSIGN_OR_RETURN(std::unique_ptr<Trainer> attached, job_->Attach(trainer));
    return std::make_unique<ZerodSeat>(std::move(attached), settings_, table_);
  }

  OptimizerUsage Usage() const override;

 private:
  const std::unique_ptr<Embedded> job_;
  const OptimizerSettings settings_;
  const ParameterTable& table_;
};

OptimizerUsage ZerodOptimizer::Usage() const {
  const JobStatistics statistics = job_->Statistics();
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

}  // namespace

absl::StatusOr<std::unique_ptr<Optimizer>> CreateZerodOptimizer(const ZerodOptions& options,
                                                                const OptimizerSettings& settings,
                                                                const ParameterTable& table,
                                                                std::span<const float> initial) {
  ZEROD_ASSIGN_OR_RETURN(const StateCodec codec, ParseStateCodec(options.codec));
  const JobSpec spec = SpecOf(options, settings, table, codec);
  std::vector<ConstTensorView> views;
  for (const Parameter& parameter : table.all) {
    views.push_back(ConstTensorView::Of(initial.subspan(parameter.offset, parameter.count)));
  }
  ZEROD_ASSIGN_OR_RETURN(std::unique_ptr<Embedded> job,
                         Embedded::Create({.ranks = RanksOf(options)}, spec, views));
  return std::make_unique<ZerodOptimizer>(std::move(job), settings, table);
}

}  // namespace zerod::train_lm
