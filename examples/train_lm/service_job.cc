#include "examples/train_lm/service_job.h"

#include <numeric>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "examples/train_lm/notice.h"

namespace zerod::train_lm {

std::vector<int> Contributors(const RunConfig& config) {
  if (!config.service.contributors.empty()) return config.service.contributors;
  std::vector<int> ranks(static_cast<std::size_t>(config.trainers));
  std::iota(ranks.begin(), ranks.end(), 0);
  return ranks;
}

absl::StatusOr<bool> CreateOrResumeJob(const RunConfig& config, const JobSpec& spec,
                                       std::span<const ConstTensorView> initial, Service& service) {
  if (config.service.resume) {
    const absl::Status found = service.Statistics(spec.name, config.service.token).status();
    if (found.ok()) return false;
    if (!absl::IsNotFound(found)) return found;
    SayNotice("there is no job to resume; starting at step 1");
  }
  const JobPlacement placement{.shard_weights = config.shard_weights,
                               .contributors = Contributors(config)};
  const absl::Status created = service.CreateJob(spec, placement, config.service.token, initial);
  if (created.ok()) return true;
  if (!absl::IsAlreadyExists(created)) return created;
  return absl::AlreadyExistsError(absl::StrCat(
      "there is a job '", spec.name,
      "' already; go on with it with --resume, give all trainers another name with --job, or "
      "delete it with: ",
      DeleteCommand(config.service)));
}

absl::StatusOr<std::string> MissingTrainers(const ServiceConfig& config, Service& service) {
  ZEROD_ASSIGN_OR_RETURN(const JobStatistics statistics,
                         service.Statistics(config.job, config.token));
  std::vector<int> ranks;
  for (const RankStatistics& rank : statistics.ranks) {
    if (rank.has_trainer && rank.trainer.empty()) ranks.push_back(rank.rank);
  }
  if (ranks.empty()) return "";
  return absl::StrCat(ranks.size() == 1 ? "rank " : "ranks ", absl::StrJoin(ranks, ", "),
                      ranks.size() == 1 ? " has no trainer" : " have no trainer");
}

std::string DeleteCommand(const ServiceConfig& config) {
  return absl::StrCat("zeroctl --service ", config.address, " delete ", config.job, " --yes",
                      config.token.empty() ? "" : " --token TOKEN");
}

}  // namespace zerod::train_lm
