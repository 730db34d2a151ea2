#include "server/job_creation.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "proto/convert.h"
#include "server/local_jobs.h"
#include "server/log.h"

namespace zerod {
namespace {

// Enough to keep a link busy while the next message is read; each may take kMaxRpcBytes.
constexpr std::size_t kLoadsInFlight = 2;

absl::Status FirstError(const std::vector<Peers::Answer>& answers) {
  for (const Peers::Answer& answer : answers) ZEROD_RETURN_IF_ERROR(answer.status());
  return absl::OkStatus();
}

}  // namespace

JobCreation::~JobCreation() {
  local_ = nullptr;  // or its memory would outlive the drop
  if (!begun_ || finished_) return;
  // After all that was asked for before, whose answers may still be on their way.
  v1::PeerRequest request;
  request.mutable_drop()->set_number(number_);
  for (const Peers::Answer& answer : node_.peers->CallAll(request, node_.flags.peer_deadline)) {
    if (answer.ok()) continue;
    Log(LogLevel::kWarning, "drop_unanswered",
        {{"number", number_}, {"cause", std::string(answer.status().message())}});
  }
}

absl::Status JobCreation::Prepare(const v1::CreateJobHeader& header) {
  ZEROD_RETURN_IF_ERROR(PrepareOn({0}, header));
  std::vector<int> others;
  for (int node = 1; node < node_.ranks.node_count(); ++node) {
    if (node != node_.index) others.push_back(node);
  }
  if (node_.index != 0) others.push_back(node_.index);  // last: it is handled at once
  ZEROD_RETURN_IF_ERROR(PrepareOn(others, header));
  ZEROD_ASSIGN_OR_RETURN(local_, node_.jobs->FindLoading(number_));
  progress_.emplace(local_->job->layout().table.parameters());
  return absl::OkStatus();
}

absl::Status JobCreation::PrepareOn(const std::vector<int>& nodes,
                                    const v1::CreateJobHeader& header) {
  begun_ = true;
  v1::PeerRequest request;
  *request.mutable_prepare()->mutable_header() = header;
  request.mutable_prepare()->set_number(number_);
  std::vector<std::shared_ptr<Peers::Pending>> pending;
  for (int node : nodes) pending.push_back(node_.peers->Begin(node, request));
  absl::Status status;
  for (const auto& call : pending) status.Update(call->Await(node_.flags.peer_deadline).status());
  return status;
}

absl::Status JobCreation::AwaitLoads(int node, std::size_t count) {
  while (in_flight_[node].size() > count) {
    const auto oldest = std::move(in_flight_[node].front());
    in_flight_[node].pop_front();
    ZEROD_RETURN_IF_ERROR(oldest->Await(node_.flags.peer_deadline).status());
  }
  return absl::OkStatus();
}

absl::Status JobCreation::Load(v1::InitialValues values) {
  ZEROD_ASSIGN_OR_RETURN(const auto view, FromProto(values, local_->job->layout()));
  ZEROD_RETURN_IF_ERROR(progress_->Take(view.parameter, view.first, view.values.element_count()));
  v1::PeerRequest request;
  request.mutable_load()->set_number(number_);
  *request.mutable_load()->mutable_values() = std::move(values);
  for (int node = 0; node < node_.ranks.node_count(); ++node) {
    if (node == node_.index) continue;
    ZEROD_RETURN_IF_ERROR(AwaitLoads(node, kLoadsInFlight - 1));
    in_flight_[node].push_back(node_.peers->Begin(node, request));
  }
  return LoadLocally(node_, number_, request.load().values());
}

absl::StatusOr<std::uint64_t> JobCreation::Finish() {
  ZEROD_RETURN_IF_ERROR(progress_->Finish());
  for (int node = 0; node < node_.ranks.node_count(); ++node) {
    ZEROD_RETURN_IF_ERROR(AwaitLoads(node, 0));
  }
  v1::PeerRequest request;
  request.mutable_start()->set_number(number_);
  ZEROD_RETURN_IF_ERROR(FirstError(node_.peers->CallAll(request, node_.flags.peer_deadline)));
  finished_ = true;
  return local_->job->layout().table.layout_hash();
}

}  // namespace zerod
