#include "examples/train_lm/zerod_optimizer.h"

#include <utility>

#include "base/status_macros.h"
#include "examples/train_lm/zerod_seat.h"
#include "zerod/embedded.h"

namespace zerod::train_lm {
namespace {

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

  absl::StatusOr<OptimizerUsage> Usage() const override { return UsageOf(job_->Statistics()); }

 private:
  const std::unique_ptr<Embedded> job_;
  const OptimizerSettings settings_;
  const ParameterTable& table_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Optimizer>> CreateZerodOptimizer(const ZerodOptions& options,
                                                                const OptimizerSettings& settings,
                                                                const ParameterTable& table,
                                                                std::span<const float> initial) {
  ZEROD_ASSIGN_OR_RETURN(const JobSpec spec, MakeJobSpec(options.job, settings, table));
  const std::vector<ConstTensorView> views = ParameterViews(table, initial);
  ZEROD_ASSIGN_OR_RETURN(std::unique_ptr<Embedded> job,
                         Embedded::Create({.ranks = RanksOf(options)}, spec, views));
  return std::make_unique<ZerodOptimizer>(std::move(job), settings, table);
}

}  // namespace zerod::train_lm
