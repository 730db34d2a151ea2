#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "proto/convert.h"
#include "server/jobs_service.h"

namespace zerod {
namespace {

// Of all the ranks that `description` has.
v1::GroupTelemetry TelemetryOf(int group, const v1::JobDescription& description) {
  GroupTelemetry telemetry;
  for (const v1::RankDescription& rank : description.ranks()) {
    if (group < rank.groups_size()) telemetry.Merge(FromProto(rank.groups(group)));
  }
  return ToProto(telemetry);
}

}  // namespace

absl::StatusOr<v1::JobDescription> JobsService::DescribeJob(const v1::DescribeJobRequest& request) {
  ZEROD_ASSIGN_OR_RETURN(const std::shared_ptr<ServedJob> served,
                         node_.jobs->Find(request.job(), request.token()));
  v1::PeerRequest peer_request;
  peer_request.mutable_describe_ranks()->set_number(served->number);
  std::vector<Peers::Answer> answers =
      node_.peers->CallAll(peer_request, node_.flags.peer_deadline);
  for (const Peers::Answer& answer : answers) {
    if (absl::IsNotFound(answer.status())) {
      return absl::NotFoundError(absl::StrCat("job '", ShortName(served->name), "' was deleted"));
    }
    ZEROD_RETURN_IF_ERROR(answer.status());
  }
  v1::JobDescription description = std::move(*answers[node_.index]->mutable_ranks());
  for (int node = 0; node < node_.ranks.node_count(); ++node) {
    if (node == node_.index) continue;
    description.mutable_ranks()->MergeFrom(answers[node]->ranks().ranks());
  }
  for (int group = 0; group < description.groups_size(); ++group) {
    *description.mutable_groups(group)->mutable_telemetry() = TelemetryOf(group, description);
  }
  std::sort(description.mutable_ranks()->begin(), description.mutable_ranks()->end(),
            [](const auto& left, const auto& right) { return left.rank() < right.rank(); });
  const JobLayout& layout = served->job->layout();
  if (request.with_spec()) *description.mutable_spec() = ToProto(layout.spec);
  *description.mutable_placement() = ToProto(layout.world);
  return description;
}

grpc::Status JobsService::DescribeJob(grpc::ServerContext* /*context*/,
                                      const v1::DescribeJobRequest* request,
                                      v1::JobDescription* response) {
  auto description = DescribeJob(*request);
  if (description.ok()) *response = *std::move(description);
  return ToGrpcStatus(description.status());
}

}  // namespace zerod
