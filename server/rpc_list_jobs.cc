#include "proto/convert.h"
#include "server/jobs_service.h"

namespace zerod {

grpc::Status JobsService::ListJobs(grpc::ServerContext* /*context*/,
                                   const v1::ListJobsRequest* /*request*/,
                                   v1::ListJobsResponse* response) {
  for (const JobRegistry::Listed& listed : node_.jobs->List()) {
    v1::JobSummary& summary = *response->add_jobs();
    summary.set_name(listed.job->name);
    summary.set_complete(listed.is_started);
    summary.set_trainers(node_.attachments.CountOfJob(listed.job->number));
    for (const Parameter& parameter : listed.job->job->layout().table.parameters()) {
      summary.set_element_count(summary.element_count() + parameter.element_count);
    }
    if (!listed.is_started) continue;
    const JobStatistics statistics = listed.job->job->Statistics();
    summary.set_step(statistics.step);
    std::uint64_t held_bytes = 0;
    for (const RankStatistics& rank : statistics.ranks) {
      for (std::uint64_t bytes : rank.memory.by_kind) held_bytes += bytes;
    }
    summary.set_held_bytes(held_bytes);
  }
  return grpc::Status::OK;
}

}  // namespace zerod
