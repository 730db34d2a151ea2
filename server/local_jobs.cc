#include "server/local_jobs.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "proto/convert.h"
#include "proto/limits.h"
#include "server/log.h"

namespace zerod {
namespace {

WorldFactory JobWorlds(const Node& node, std::uint64_t number) {
  return [cluster = node.cluster, node_of_rank = node.ranks.node_of_rank(), number](
             std::uint64_t formation, std::function<void(const absl::Status&)> on_poison) {
    return cluster->FormWorld({.job = number,
                               .formation = formation,
                               .node_of_rank = node_of_rank,
                               .on_poison = std::move(on_poison)});
  };
}

absl::StatusOr<std::shared_ptr<ServedJob>> MakeServedJob(Node& node, std::uint64_t number,
                                                         const JobSpec& spec,
                                                         const v1::CreateJobHeader& header) {
  ZEROD_ASSIGN_OR_RETURN(const WorldSpec world,
                         FromProto(header.placement(), node.ranks.rank_count()));
  auto served = std::make_shared<ServedJob>();
  served->number = number;
  served->name = spec.name;
  served->token = header.token();
  served->observer = std::make_unique<JobEvents>(spec.name, node.events.get());
  Job::Options options{.local_ranks = node.ranks.RanksOf(node.index),
                       .budget = node.budget,
                       .step_deadline = node.flags.step_deadline,
                       .form_world = JobWorlds(node, number),
                       .share_memory = true,
                       .threads_per_rank = node.flags.threads_per_rank,
                       .observer = served->observer.get()};
  ZEROD_ASSIGN_OR_RETURN(options.layout, JobLayout::Create(spec, world));
  ZEROD_ASSIGN_OR_RETURN(served->job, Job::Create(std::move(options)));
  return served;
}

void AppendJobEvent(Node& node, const ServedJob& served, v1::EventKind kind) {
  v1::Event event;
  event.set_kind(kind);
  event.set_job(served.name);
  node.events->Append(std::move(event));
}

}  // namespace

absl::Status PrepareLocally(Node& node, std::uint64_t number, const v1::CreateJobHeader& header) {
  ZEROD_RETURN_IF_ERROR(CheckToken(header.token()));
  ZEROD_ASSIGN_OR_RETURN(const JobSpec spec, FromProto(header.spec()));
  ZEROD_RETURN_IF_ERROR(node.jobs->Reserve(spec.name, number));
  auto served = MakeServedJob(node, number, spec, header);
  absl::Status status = served.status();
  if (status.ok()) status = node.jobs->BeginLoading(*std::move(served));
  if (!status.ok()) node.jobs->Take(number);
  return status;
}

absl::Status LoadLocally(Node& node, std::uint64_t number, const v1::InitialValues& values) {
  ZEROD_ASSIGN_OR_RETURN(const std::shared_ptr<ServedJob> served, node.jobs->FindLoading(number));
  ZEROD_ASSIGN_OR_RETURN(const auto view, FromProto(values, served->job->layout()));
  return served->job->LoadValues(view.parameter, view.first, view.values);
}

absl::Status StartLocally(Node& node, std::uint64_t number) {
  ZEROD_ASSIGN_OR_RETURN(const std::shared_ptr<ServedJob> served, node.jobs->FindLoading(number));
  ZEROD_RETURN_IF_ERROR(served->job->Start());
  ZEROD_RETURN_IF_ERROR(node.jobs->MarkStarted(number));
  AppendJobEvent(node, *served, v1::EVENT_KIND_JOB_CREATED);
  Log(LogLevel::kInfo, "job_created",
      {{"job", served->name},
       {"number", number},
       {"parameters", served->job->layout().table.parameters().size()},
       {"local_ranks", served->job->local_ranks().size()}});
  return absl::OkStatus();
}

void DropLocally(Node& node, std::uint64_t number) {
  JobRegistry::Listed dropped = node.jobs->Take(number);
  if (dropped.job == nullptr) return;
  if (dropped.is_started) {
    AppendJobEvent(node, *dropped.job, v1::EVENT_KIND_JOB_DELETED);
    Log(LogLevel::kInfo, "job_deleted", {{"job", dropped.job->name}, {"number", number}});
  }
  const std::string why = absl::StrCat("job '", ShortName(dropped.job->name), "' was deleted");
  EndJob(node, std::move(dropped), absl::NotFoundError(why));
}

void EndJob(Node& node, JobRegistry::Listed ended, const absl::Status& why) {
  // To a job that never started no trainer can have come.
  if (ended.is_started) ended.job->job->Close(why);
  for (const AttachedTrainer& trainer : node.attachments.TakeJob(ended.job->number)) {
    node.handshake->Withdraw(trainer.ticket);
  }
}

absl::StatusOr<v1::JobDescription> DescribeLocally(Node& node, std::uint64_t number) {
  const std::shared_ptr<ServedJob> served = node.jobs->FindStarted(number);
  if (served == nullptr) {
    ZEROD_RETURN_IF_ERROR(node.jobs->CheckOpen());
    return absl::NotFoundError(absl::StrCat("job number ", number, " was deleted"));
  }
  const Job& job = *served->job;
  v1::JobDescription description = ToProto(job.Statistics());
  description.set_name(served->name);
  description.set_layout_hash(job.layout().table.layout_hash());
  for (v1::RankDescription& rank : *description.mutable_ranks()) {
    rank.set_node(node.index);
    rank.set_takes_trainer(job.layout().IsContributor(rank.rank()));
  }
  return description;
}

}  // namespace zerod
