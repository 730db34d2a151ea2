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
#include "examples/train_lm/service_job.h"
#include "examples/train_lm/service_seat.h"
#include "examples/train_lm/wait_watch.h"
#include "examples/train_lm/zerod_job.h"
#include "zerod/service.h"

namespace zerod::train_lm {
namespace {

std::shared_ptr<const WaitReason> Plainly(std::string what) {
  return std::make_shared<const WaitReason>(
      WaitReason{.what = std::move(what), .explain = [] { return ""; }});
}

class ServiceOptimizer : public Optimizer {
 public:
  ServiceOptimizer(const RunConfig& config, const ParameterTable& table, JobSpec spec,
                   const std::atomic<int>& stop_signal)
      : config_(config),
        table_(table),
        spec_(std::move(spec)),
        watch_(stop_signal),
        for_daemon_(Plainly(absl::StrCat("for the daemon at ", config.service.address))) {}
  ~ServiceOptimizer() override;

  // Before anything else.
  absl::Status Begin(std::span<const float> initial);

  absl::StatusOr<std::unique_ptr<TrainerSeat>> Attach(int trainer) override;
  absl::StatusOr<OptimizerUsage> Usage() const override;
  // Daemons hand out weights only.
  absl::Status ExportMasterWeights(const std::string& /*folder*/) const override {
    return absl::UnimplementedError("a daemon does not hand out master weights");
  }
  std::string WhatIsLeft() const override { return attached_ ? left_ : ""; }
  absl::Status Discard() override;

 private:
  absl::Status CreateOrResume(std::span<const float> initial);
  absl::Status AwaitJob();
  std::shared_ptr<const WaitReason> ForOthers() const;
  absl::StatusOr<std::unique_ptr<Trainer>> AttachToRank(int rank);

  const RunConfig& config_;
  const ParameterTable& table_;
  const JobSpec spec_;
  mutable WaitWatch watch_;
  const std::shared_ptr<const WaitReason> for_daemon_;
  std::unique_ptr<Service> service_;
  std::shared_ptr<Service> quick_service_;  // for the watch, which must not wait long
  bool created_ = false;
  bool attached_ = false;
  std::string left_;  // trainer 0, once there is a job: what WhatIsLeft says
};

// A job that its trainer 0 never came to would only keep the others waiting.
ServiceOptimizer::~ServiceOptimizer() {
  if (!created_ || attached_) return;
  const WaitWatch::Wait wait(watch_, for_daemon_);
  service_->DeleteJob(config_.service.job, config_.service.token).IgnoreError();
}

absl::Status ServiceOptimizer::Begin(std::span<const float> initial) {
  {
    const WaitWatch::Wait wait(watch_, for_daemon_);
    const std::string& address = config_.service.address;
    ZEROD_ASSIGN_OR_RETURN(service_, Service::Connect({.address = address}));
    ZEROD_ASSIGN_OR_RETURN(
        quick_service_, Service::Connect({.address = address, .call_deadline = absl::Seconds(1)}));
  }
  return config_.service.trainer == 0 ? CreateOrResume(initial) : AwaitJob();
}

absl::Status ServiceOptimizer::CreateOrResume(std::span<const float> initial) {
  const WaitWatch::Wait wait(watch_, for_daemon_);
  ZEROD_ASSIGN_OR_RETURN(
      created_, CreateOrResumeJob(config_, spec_, ParameterViews(table_, initial), *service_));
  left_ = absl::StrCat("job '", spec_.name,
                       "' stays in the daemons; start this trainer again with --resume to go on "
                       "with it, or delete it with: ",
                       DeleteCommand(config_.service));
  watch_.SetFarewell(left_);
  return absl::OkStatus();
}

absl::Status ServiceOptimizer::AwaitJob() {
  const WaitWatch::Wait wait(
      watch_, Plainly(absl::StrCat("for trainer 0 to create job '", spec_.name, "'")));
  const absl::Status waited =
      service_->WaitForJob(spec_.name, absl::Now() + absl::Seconds(config_.service.wait_s));
  if (!absl::IsDeadlineExceeded(waited)) return waited;
  return absl::DeadlineExceededError(
      absl::StrCat(waited.message(), "; start trainer 0, or raise --wait-s"));
}

std::shared_ptr<const WaitReason> ServiceOptimizer::ForOthers() const {
  auto explain = [service = quick_service_,
                  config = config_.service]() -> std::optional<std::string> {
    const absl::StatusOr<std::string> missing = MissingTrainers(config, *service);
    if (!missing.ok()) return std::string(missing.status().message());
    // They are there, and need longer.
    if (missing->empty()) return std::nullopt;
    return absl::StrCat(*missing, "; start what is missing");
  };
  return std::make_shared<const WaitReason>(
      WaitReason{.what = absl::StrCat("for the other trainers of job '", spec_.name, "'"),
                 .explain = std::move(explain)});
}

absl::StatusOr<std::unique_ptr<TrainerSeat>> ServiceOptimizer::Attach(int trainer) {
  const int rank = Contributors(config_)[static_cast<std::size_t>(trainer)];
  ZEROD_ASSIGN_OR_RETURN(std::unique_ptr<Trainer> attached, AttachToRank(rank));
  attached_ = true;
  return std::make_unique<ServiceSeat>(
      std::move(attached), config_, table_,
      ServiceSeat::Surroundings{.service = *service_, .watch = watch_, .for_others = ForOthers()});
}

absl::StatusOr<std::unique_ptr<Trainer>> ServiceOptimizer::AttachToRank(int rank) {
  const WaitWatch::Wait wait(watch_, for_daemon_);
  // The daemon may not have noticed yet that the trainer that this one replaces has died.
  const absl::Time deadline = absl::Now() + absl::Seconds(1);
  while (true) {
    absl::StatusOr<std::unique_ptr<Trainer>> attached = service_->Attach(
        {.job = spec_.name, .token = config_.service.token, .rank = rank, .expected = &spec_});
    if (!absl::IsAlreadyExists(attached.status()) || absl::Now() >= deadline) return attached;
    absl::SleepFor(absl::Milliseconds(50));
  }
}

absl::Status ServiceOptimizer::Discard() {
  if (config_.service.keep_job) return absl::OkStatus();
  const WaitWatch::Wait wait(watch_, for_daemon_);
  return service_->DeleteJob(spec_.name, config_.service.token);
}

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
    absl::SleepFor(absl::Milliseconds(50));
    const WaitWatch::Wait wait(watch_, for_daemon_);
    ZEROD_ASSIGN_OR_RETURN(const JobStatistics statistics,
                           service_->Statistics(spec_.name, config_.service.token));
    const OptimizerUsage before = std::exchange(usage, UsageOf(statistics));
    if (SameTraffic(before, usage)) break;
  }
  return usage;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Optimizer>> ConnectServiceOptimizer(
    const RunConfig& config, const ParameterTable& table, std::span<const float> initial,
    const std::atomic<int>& stop_signal) {
  ZEROD_ASSIGN_OR_RETURN(JobSpec spec, MakeJobSpec(config, table));
  auto optimizer = std::make_unique<ServiceOptimizer>(config, table, std::move(spec), stop_signal);
  ZEROD_RETURN_IF_ERROR(optimizer->Begin(initial));
  return optimizer;
}

}  // namespace zerod::train_lm
