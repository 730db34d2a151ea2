#include "examples/train_lm/ranks_without_trainer.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"

namespace zerod::train_lm {

absl::StatusOr<std::vector<int>> RanksWithoutTrainer(Service& service,
                                                     const ServiceConfig& config) {
  ZEROD_ASSIGN_OR_RETURN(const JobStatistics statistics,
                         service.Statistics(config.job, config.token));
  std::vector<int> ranks;
  for (const RankStatistics& rank : statistics.ranks) {
    // A rank has memory for gradients while a trainer is attached.
    if (rank.has_trainer && rank.memory[MemoryKind::kGradients] == 0) ranks.push_back(rank.rank);
  }
  return ranks;
}

std::string HaveNoTrainer(const std::vector<int>& ranks) {
  return absl::StrCat(ranks.size() == 1 ? "rank " : "ranks ", absl::StrJoin(ranks, ", "),
                      ranks.size() == 1 ? " has no trainer" : " have no trainer");
}

}  // namespace zerod::train_lm
