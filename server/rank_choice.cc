#include "server/rank_choice.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/job_registry.h"

namespace zerod {

absl::StatusOr<std::vector<int>> RankCandidates(const JobLayout& layout, const RankTable& ranks,
                                                int node, std::optional<int> wanted) {
  const std::string job = absl::StrCat("job '", ShortName(layout.spec.name), "'");
  if (!wanted) {
    std::vector<int> candidates = ranks.RanksOf(node);
    std::erase_if(candidates, [&](int rank) { return !layout.IsContributor(rank); });
    if (!candidates.empty()) return candidates;
    return absl::FailedPreconditionError(
        absl::StrCat("no rank of node ", node, " takes a trainer of ", job,
                     "; ranks that do: ", absl::StrJoin(layout.world.contributors, ", ")));
  }
  if (*wanted < 0 || *wanted >= ranks.rank_count()) {
    return absl::InvalidArgumentError(
        absl::StrCat("there is no rank ", *wanted, "; the cluster has ", ranks.rank_count()));
  }
  if (!layout.IsContributor(*wanted)) {
    return absl::InvalidArgumentError(
        absl::StrCat("rank ", *wanted, " takes no trainer of ", job,
                     "; ranks that do: ", absl::StrJoin(layout.world.contributors, ", ")));
  }
  const int home = ranks.node_of_rank()[*wanted];
  if (home != node) {
    return absl::InvalidArgumentError(absl::StrCat("rank ", *wanted, " lives on node ", home,
                                                   ", and this is node ", node,
                                                   "; attach to the daemon of that node"));
  }
  return std::vector<int>{*wanted};
}

}  // namespace zerod
