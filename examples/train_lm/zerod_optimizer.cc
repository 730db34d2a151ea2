#include "examples/train_lm/zerod_optimizer.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/status_macros.h"
#include "examples/train_lm/zerod_job.h"
#include "examples/train_lm/zerod_seat.h"
#include "zerod/embedded.h"
#include "zerod/model_files.h"

namespace zerod::train_lm {
namespace {

std::vector<RankOptions> RanksOf(const RunConfig& config) {
  std::vector<std::uint32_t> shard_weights = config.shard_weights;
  if (shard_weights.empty()) shard_weights.assign(static_cast<std::size_t>(config.ranks), 1);
  const auto trainers = static_cast<std::size_t>(config.trainers);
  // Every trainer needs a rank, though it may own no state.
  if (shard_weights.size() < trainers) shard_weights.resize(trainers, 0);
  std::vector<RankOptions> ranks;
  for (std::size_t rank = 0; rank < shard_weights.size(); ++rank) {
    ranks.push_back({.shard_weight = shard_weights[rank], .trainer = rank < trainers});
  }
  return ranks;
}

class ZerodOptimizer : public Optimizer {
 public:
  ZerodOptimizer(std::unique_ptr<Embedded> job, const RunConfig& config,
                 const ParameterTable& table)
      : job_(std::move(job)), config_(config), table_(table) {}

  absl::StatusOr<std::unique_ptr<TrainerSeat>> Attach(int trainer) override {
    ZEROD_ASSIGN_OR_RETURN(std::unique_ptr<Trainer> attached, job_->Attach(trainer));
    return std::make_unique<ZerodSeat>(std::move(attached), config_, table_);
  }

  absl::StatusOr<OptimizerUsage> Usage() const override { return UsageOf(job_->Statistics()); }

  absl::Status ExportMasterWeights(const std::string& folder) const override {
    ZEROD_ASSIGN_OR_RETURN(const JobSpec spec, MakeJobSpec(config_, table_));
    return zerod::ExportMasterWeights(folder, *job_, spec.parameters);
  }

 private:
  const std::unique_ptr<Embedded> job_;
  const RunConfig& config_;
  const ParameterTable& table_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Optimizer>> CreateZerodOptimizer(const RunConfig& config,
                                                                const ParameterTable& table,
                                                                std::span<const float> initial) {
  ZEROD_ASSIGN_OR_RETURN(const JobSpec spec, MakeJobSpec(config, table));
  ZEROD_ASSIGN_OR_RETURN(
      std::unique_ptr<Embedded> job,
      Embedded::Create({.ranks = RanksOf(config), .threads_per_rank = config.threads_per_rank},
                       spec, ParameterViews(table, initial)));
  return std::make_unique<ZerodOptimizer>(std::move(job), config, table);
}

}  // namespace zerod::train_lm
