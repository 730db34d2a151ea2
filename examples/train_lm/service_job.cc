#include "examples/train_lm/service_job.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "examples/train_lm/zeroctl_hint.h"

namespace zerod::train_lm {

std::vector<int> Contributors(const ServiceOptions& options) {
  if (!options.service.contributors.empty()) return options.service.contributors;
  std::vector<int> ranks(static_cast<std::size_t>(options.trainers));
  std::iota(ranks.begin(), ranks.end(), 0);
  return ranks;
}

absl::StatusOr<Arrival> CreateOrResumeJob(const ServiceOptions& options, const JobSpec& spec,
                                          std::span<const ConstTensorView> initial,
                                          Service& service) {
  const JobPlacement placement{.shard_weights = options.shard_weights,
                               .contributors = Contributors(options)};
  const absl::Status created = service.CreateJob(spec, placement, options.service.token, initial);
  if (created.ok()) return Arrival::kCreated;
  if (!absl::IsAlreadyExists(created)) return created;
  if (options.service.resume) return Arrival::kResumes;
  return absl::AlreadyExistsError(
      absl::StrCat("there is a job '", spec.name,
                   "' already, of another run; give all trainers another name with --job, go on "
                   "with it with --resume, or delete it with: ",
                   DeleteCommand(options.service)));
}

absl::Status AwaitJob(const ServiceConfig& config, const std::atomic<int>& stop_signal,
                      Service& service) {
  const absl::Time deadline = absl::Now() + absl::Seconds(config.wait_s);
  while (stop_signal == 0) {
    const absl::Time next_look = std::min(deadline, absl::Now() + absl::Milliseconds(500));
    const absl::Status waited = service.WaitForJob(config.job, next_look);
    if (!absl::IsDeadlineExceeded(waited)) return waited;
    if (absl::Now() < deadline) continue;
    return absl::DeadlineExceededError(
        absl::StrCat("there is no job '", config.job, "' after ", config.wait_s,
                     " s; start its trainer 0, which creates it, or raise --wait-s"));
  }
  return absl::CancelledError("stopped while waiting for the job");
}

}  // namespace zerod::train_lm
