#include "server/peer_handler.h"

#include <unistd.h>

#include <array>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/local_jobs.h"
#include "server/version.h"

namespace zerod {
namespace {

std::string HostName() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

v1::PeerResponse DescribeRanks(Node& node, int from_node, std::uint64_t number) {
  auto description = DescribeLocally(node, number);
  v1::PeerResponse response = PeerResponseOf(description.status());
  // What all nodes know alike may have many names: they stay at home.
  if (description.ok() && from_node != node.index) description->clear_wide_master_parameters();
  if (description.ok()) *response.mutable_ranks() = *std::move(description);
  return response;
}

}  // namespace

v1::NodeStatus DescribeNode(const Node& node) {
  v1::NodeStatus status;
  status.set_node(node.index);
  status.set_host(HostName());
  status.set_pid(getpid());
  status.set_rank_count(node.flags.ranks);
  status.set_uptime_seconds(absl::ToDoubleSeconds(absl::Now() - node.start_time));
  status.set_memory_limit_bytes(node.budget->limit_bytes());
  status.set_held_bytes(node.budget->held_bytes());
  status.set_jobs(node.jobs->count());
  status.set_trainers(node.attachments.count());
  status.set_version(kVersion);
  return status;
}

v1::PeerResponse HandlePeerRequest(Node& node, int from_node, const v1::PeerRequest& request) {
  // A node that is ahead may lead a job before this one has heard from all others.
  if (!request.has_describe_node() && !request.has_stop()) node.ranks_are_known.wait();
  switch (request.request_case()) {
    case v1::PeerRequest::kPrepare:
      return PeerResponseOf(
          PrepareLocally(node, request.prepare().number(), request.prepare().header()));
    case v1::PeerRequest::kLoad:
      return PeerResponseOf(LoadLocally(node, request.load().number(), request.load().values()));
    case v1::PeerRequest::kStart:
      return PeerResponseOf(StartLocally(node, request.start().number()));
    case v1::PeerRequest::kDrop:
      DropLocally(node, request.drop().number());
      return {};
    case v1::PeerRequest::kDescribeRanks:
      return DescribeRanks(node, from_node, request.describe_ranks().number());
    case v1::PeerRequest::kDescribeNode: {
      v1::PeerResponse response;
      *response.mutable_node() = DescribeNode(node);
      return response;
    }
    case v1::PeerRequest::kStop:
      node.stop->Request(absl::StrCat("node ", from_node, " is stopping"));
      return {};
    case v1::PeerRequest::REQUEST_NOT_SET:
      break;
  }
  return PeerResponseOf(absl::UnimplementedError(
      absl::StrCat("node ", node.index, " does not know this request of node ", from_node,
                   "; all daemons of a cluster must have the same version")));
}

}  // namespace zerod
