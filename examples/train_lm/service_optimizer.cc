#include "examples/train_lm/service_optimizer.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "examples/train_lm/zerod_seat.h"
#include "zerod/service.h"

namespace zerod::train_lm {
namespace {

// The job's sums go over its contributors in rank order, so which trainer sits where decides bits.
std::vector<int> Contributors(const ServiceOptions& options) {
  if (!options.service.contributors.empty()) return options.service.contributors;
  std::vector<int> ranks(static_cast<std::size_t>(options.trainers));
  std::iota(ranks.begin(), ranks.end(), 0);
  return ranks;
}

absl::Status CreateJob(const ServiceOptions& options, const JobSpec& spec,
                       std::span<const ConstTensorView> initial, Service& service) {
  const JobPlacement placement{.shard_weights = options.shard_weights,
                               .contributors = Contributors(options)};
  const absl::Status created = service.CreateJob(spec, placement, options.service.token, initial);
  if (!absl::IsAlreadyExists(created)) return created;
  return absl::AlreadyExistsError(absl::StrCat(
      "there is a job '", spec.name,
      "' already, of another run; give all trainers another name with --job, or delete "
      "it with: zeroctl --service ",
      options.service.address, " delete ", spec.name));
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

class ServiceOptimizer : public Optimizer {
 public:
  ServiceOptimizer(std::unique_ptr<Service> service, const ServiceOptions& options, JobSpec spec,
                   const OptimizerSettings& settings, const ParameterTable& table)
      : service_(std::move(service)),
        options_(options),
        spec_(std::move(spec)),
        settings_(settings),
        table_(table) {}

  // A job that its trainer 0 never came to would only keep the others waiting.
  ~ServiceOptimizer() override {
    if (is_first() && !attached_)
      service_->DeleteJob(spec_.name, options_.service.token).IgnoreError();
  }

  absl::StatusOr<std::unique_ptr<TrainerSeat>> Attach(int trainer) override {
    const int rank = Contributors(options_)[static_cast<std::size_t>(trainer)];
    ZEROD_ASSIGN_OR_RETURN(std::unique_ptr<Trainer> attached,
                           service_->Attach({.job = spec_.name,
                                             .token = options_.service.token,
                                             .rank = rank,
                                             .expected = &spec_}));
    attached_ = true;
    return std::make_unique<ZerodSeat>(std::move(attached), settings_, table_);
  }

  absl::StatusOr<OptimizerUsage> Usage() const override;

  absl::Status Discard() override {
    if (options_.service.keep_job) return absl::OkStatus();
    return service_->DeleteJob(spec_.name, options_.service.token);
  }

 private:
  bool is_first() const { return options_.service.trainer == 0; }

  const std::unique_ptr<Service> service_;
  const ServiceOptions options_;
  const JobSpec spec_;
  const OptimizerSettings settings_;
  const ParameterTable& table_;
  bool attached_ = false;
};

bool SameTraffic(const OptimizerUsage& left, const OptimizerUsage& right) {
  return std::ranges::equal(left.ranks, right.ranks, [](const RankUsage& l, const RankUsage& r) {
    return l.sent_bytes == r.sent_bytes && l.received_bytes == r.received_bytes;
  });
}

absl::StatusOr<OptimizerUsage> ServiceOptimizer::Usage() const {
  // The last step is over on this rank, but others may still be adding up what they have moved in
  // it: two counts that agree are taken.
  OptimizerUsage usage;
  for (int reading = 0; reading < 20; ++reading) {
    ZEROD_ASSIGN_OR_RETURN(const JobStatistics statistics,
                           service_->Statistics(spec_.name, options_.service.token));
    const OptimizerUsage before = std::exchange(usage, UsageOf(statistics));
    if (SameTraffic(before, usage)) break;
    absl::SleepFor(absl::Milliseconds(50));
  }
  return usage;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Optimizer>> ConnectServiceOptimizer(
    const ServiceOptions& options, const OptimizerSettings& settings, const ParameterTable& table,
    std::span<const float> initial, const std::atomic<int>& stop_signal) {
  ZEROD_ASSIGN_OR_RETURN(JobSpec spec, MakeJobSpec(options.job, settings, table));
  ZEROD_ASSIGN_OR_RETURN(std::unique_ptr<Service> service,
                         Service::Connect({.address = options.service.address}));
  if (options.service.trainer == 0) {
    ZEROD_RETURN_IF_ERROR(CreateJob(options, spec, ParameterViews(table, initial), *service));
  } else {
    ZEROD_RETURN_IF_ERROR(AwaitJob(options.service, stop_signal, *service));
  }
  return std::make_unique<ServiceOptimizer>(std::move(service), options, std::move(spec), settings,
                                            table);
}

}  // namespace zerod::train_lm
