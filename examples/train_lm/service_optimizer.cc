#include "examples/train_lm/service_optimizer.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "examples/train_lm/ranks_without_trainer.h"
#include "examples/train_lm/service_seat.h"
#include "examples/train_lm/wait_watch.h"
#include "examples/train_lm/zeroctl_hint.h"
#include "zerod/service.h"

namespace zerod::train_lm {
namespace {

struct ServiceRun {
  ServiceOptions options;
  JobSpec spec;
  OptimizerSettings settings;
  const ParameterTable& table;
  const std::atomic<int>& stop_signal;
};

std::shared_ptr<const WaitReason> Plainly(std::string what) {
  return std::make_shared<const WaitReason>(WaitReason{.what = std::move(what), .explain = {}});
}

class ServiceOptimizer : public Optimizer {
 public:
  explicit ServiceOptimizer(ServiceRun run)
      : run_(std::move(run)),
        watch_(run_.stop_signal),
        for_daemon_(Plainly(absl::StrCat("for the daemon at ", config().address))) {}
  ~ServiceOptimizer() override;

  // Before anything else.
  absl::Status Begin(std::span<const ConstTensorView> initial);

  absl::StatusOr<std::unique_ptr<TrainerSeat>> Attach(int trainer) override;
  absl::StatusOr<OptimizerUsage> Usage() const override;
  bool Resumes() const override { return arrival_ == Arrival::kResumes; }
  std::string WhatIsLeft() const override;
  absl::Status Discard() override;

 private:
  absl::StatusOr<std::unique_ptr<Trainer>> AttachToRank(int rank);
  std::shared_ptr<const WaitReason> ForOthers() const;
  const ServiceConfig& config() const { return run_.options.service; }

  const ServiceRun run_;
  mutable WaitWatch watch_;
  const std::shared_ptr<const WaitReason> for_daemon_;
  std::shared_ptr<Service> service_;
  std::shared_ptr<Service> quick_service_;  // whose answers nobody waits long for
  Arrival arrival_ = Arrival::kJoins;
  bool attached_ = false;
};

// A job that its trainer 0 never came to would only keep the others waiting.
ServiceOptimizer::~ServiceOptimizer() {
  if (arrival_ != Arrival::kCreated || attached_) return;
  const WaitWatch::Wait wait(watch_, for_daemon_);
  service_->DeleteJob(config().job, config().token).IgnoreError();
}

absl::Status ServiceOptimizer::Begin(std::span<const ConstTensorView> initial) {
  {
    const WaitWatch::Wait wait(watch_, for_daemon_);
    ZEROD_ASSIGN_OR_RETURN(service_, Service::Connect({.address = config().address}));
    ZEROD_ASSIGN_OR_RETURN(quick_service_, Service::Connect({.address = config().address,
                                                             .call_deadline = absl::Seconds(1)}));
    if (config().trainer == 0) {
      ZEROD_ASSIGN_OR_RETURN(arrival_,
                             CreateOrResumeJob(run_.options, run_.spec, initial, *service_));
      return absl::OkStatus();
    }
  }
  const WaitWatch::Wait wait(
      watch_, Plainly(absl::StrCat("for trainer 0 to create job '", config().job, "'")));
  return AwaitJob(config(), run_.stop_signal, *service_);
}

std::shared_ptr<const WaitReason> ServiceOptimizer::ForOthers() const {
  auto explain = [service = quick_service_, config = config()]() -> std::optional<std::string> {
    const absl::StatusOr<std::vector<int>> missing = RanksWithoutTrainer(*service, config);
    if (!missing.ok()) return std::string(missing.status().message());
    // They are there, and need longer.
    if (missing->empty()) return std::nullopt;
    return absl::StrCat(HaveNoTrainer(*missing), "; start what is missing");
  };
  return std::make_shared<const WaitReason>(
      WaitReason{.what = absl::StrCat("for the other trainers of job '", config().job, "'"),
                 .explain = std::move(explain)});
}

absl::StatusOr<std::unique_ptr<TrainerSeat>> ServiceOptimizer::Attach(int trainer) {
  const int rank = Contributors(run_.options)[static_cast<std::size_t>(trainer)];
  ZEROD_ASSIGN_OR_RETURN(std::unique_ptr<Trainer> attached, AttachToRank(rank));
  attached_ = true;
  watch_.SetFarewell(WhatIsLeft());
  return std::make_unique<ServiceSeat>(std::move(attached), run_.settings, run_.table,
                                       ServiceSeat::Surroundings{.config = config(),
                                                                 .service = quick_service_,
                                                                 .watch = &watch_,
                                                                 .for_others = ForOthers(),
                                                                 .stop_signal = &run_.stop_signal});
}

absl::StatusOr<std::unique_ptr<Trainer>> ServiceOptimizer::AttachToRank(int rank) {
  const WaitWatch::Wait wait(watch_, for_daemon_);
  // The daemon may not have noticed yet that the trainer that this one replaces has died.
  const absl::Time deadline = absl::Now() + absl::Seconds(1);
  while (true) {
    absl::StatusOr<std::unique_ptr<Trainer>> attached = service_->Attach(
        {.job = config().job, .token = config().token, .rank = rank, .expected = &run_.spec});
    if (!absl::IsAlreadyExists(attached.status()) || absl::Now() >= deadline) return attached;
    absl::SleepFor(absl::Milliseconds(50));
  }
}

std::string ServiceOptimizer::WhatIsLeft() const {
  if (config().trainer != 0 || !attached_) return "";
  return absl::StrCat("job '", config().job,
                      "' stays in the daemons; start this trainer again with --resume to go on "
                      "with it, or delete it with: ",
                      DeleteCommand(config()));
}

absl::Status ServiceOptimizer::Discard() {
  if (config().keep_job) return absl::OkStatus();
  const WaitWatch::Wait wait(watch_, for_daemon_);
  return service_->DeleteJob(config().job, config().token);
}

bool SameTraffic(const OptimizerUsage& left, const OptimizerUsage& right) {
  return std::ranges::equal(left.ranks, right.ranks, [](const RankUsage& l, const RankUsage& r) {
    return l.sent_bytes == r.sent_bytes && l.received_bytes == r.received_bytes;
  });
}

absl::StatusOr<OptimizerUsage> ServiceOptimizer::Usage() const {
  // The last step is over on this rank, but others may still be adding up what they have moved in
  // it: two counts that agree are taken.
  const WaitWatch::Wait wait(watch_, for_daemon_);
  OptimizerUsage usage;
  for (int reading = 0; reading < 20; ++reading) {
    ZEROD_ASSIGN_OR_RETURN(const JobStatistics statistics,
                           service_->Statistics(config().job, config().token));
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
  auto optimizer = std::make_unique<ServiceOptimizer>(ServiceRun{.options = options,
                                                                 .spec = std::move(spec),
                                                                 .settings = settings,
                                                                 .table = table,
                                                                 .stop_signal = stop_signal});
  ZEROD_RETURN_IF_ERROR(optimizer->Begin(ParameterViews(table, initial)));
  return optimizer;
}

}  // namespace zerod::train_lm
