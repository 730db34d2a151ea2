#include "comm/mpi/world_coordinator.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "comm/collective_check.h"
#include "comm/mpi/inlining.h"

namespace zerod {

WorldCoordinator::WorldCoordinator(std::vector<int> node_of_rank, int tag)
    : node_of_rank_(std::move(node_of_rank)),
      tag_(tag),
      calls_(node_of_rank_.size()),
      has_arrived_(node_of_rank_.size()) {
  for (std::size_t rank = 0; rank < node_of_rank_.size(); ++rank) {
    nodes_[node_of_rank_[rank]].ranks.push_back(static_cast<int>(rank));
  }
}

std::vector<Envelope> WorldCoordinator::Take(int node, const WorldMessage& message) {
  // It is told the cause, and that it may leave, like the others: its ranks wait, too.
  if (!nodes_.contains(node)) PoisonAsMalformed(node, "takes part, but has no rank in it");
  std::visit([&](const auto& alternative) { On(node, alternative); }, message);
  return std::exchange(outbox_, {});
}

bool WorldCoordinator::finished() const {
  return std::ranges::all_of(nodes_, [](const auto& entry) { return entry.second.has_left; });
}

void WorldCoordinator::On(int node, const OpenWorld& open) {
  nodes_[node].is_open = true;
  if (!poison_.ok()) {
    outbox_.push_back({.node = node, .message = PoisonWorld{poison_}});
  } else if (open.node_of_rank != node_of_rank_) {
    Poison(absl::InternalError(absl::StrCat(
        "node ", node, " forms the world with its ranks on nodes ",
        absl::StrJoin(open.node_of_rank, ","), ", others on ", absl::StrJoin(node_of_rank_, ","))));
  }
}

void WorldCoordinator::On(int node, const JoinCollective& join) {
  if (!poison_.ok()) return;
  Node& from = nodes_[node];
  const bool is_ours = std::ranges::equal(join.calls, from.ranks, {}, &RankCall::rank);
  if (!is_ours || join.collective != collective_ || from.has_joined) {
    PoisonAsMalformed(node, absl::StrCat("joins collective ", join.collective, " out of turn"));
    return;
  }
  from.has_joined = true;
  from.sum = join.sum;
  for (const RankCall& call : join.calls) {
    calls_[call.rank] = call;
    has_arrived_[call.rank] = true;
  }
  if (std::ranges::all_of(nodes_, [](const auto& entry) { return entry.second.has_joined; })) {
    Decide();
  }
}

void WorldCoordinator::On(int, const ReportArrivals& report) {
  // One about an earlier collective crossed with its go-ahead, which came in time after all.
  if (!poison_.ok() || report.collective != collective_) return;
  for (int rank : report.arrived) {
    if (rank >= 0 && rank < static_cast<int>(has_arrived_.size())) has_arrived_[rank] = true;
  }
  if (!report.is_deadline) return;
  std::vector<int> missing;
  for (std::size_t rank = 0; rank < has_arrived_.size(); ++rank) {
    if (!has_arrived_[rank]) missing.push_back(static_cast<int>(rank));
  }
  if (missing.empty()) return;  // the last of them is on its way here
  Poison(absl::DeadlineExceededError(absl::StrCat("rank ", absl::StrJoin(missing, ", "),
                                                  " did not join ", CollectiveKindName(report.kind),
                                                  " in time")));
}

void WorldCoordinator::On(int, const AbortWorld& abort) { Poison(abort.cause); }

void WorldCoordinator::On(int node, const LeaveWorld&) {
  nodes_[node].has_left = true;
  outbox_.push_back({.node = node, .message = WorldClosed{}});
}

template <typename NotForCoordinators>
void WorldCoordinator::On(int node, const NotForCoordinators&) {
  PoisonAsMalformed(node, "sends its coordinator what only that may say");
}

void WorldCoordinator::Decide() {
  if (absl::Status fits = Check(); !fits.ok()) {
    Poison(fits);
    return;
  }
  GoAheadEverywhere();
  ++collective_;
  std::fill(has_arrived_.begin(), has_arrived_.end(), false);
  for (auto& [index, node] : nodes_) node.has_joined = false;
}

absl::Status WorldCoordinator::Check() const {
  std::vector<CallShape> shapes;
  shapes.reserve(calls_.size());
  for (const RankCall& call : calls_) shapes.push_back(call.shape);
  ZEROD_RETURN_IF_ERROR(CheckCollective(shapes));
  for (const RankCall& call : calls_) {
    if (call.is_inlined &&
        call.inlined.size() != InlinedSize(call.shape, call.rank, node_of_rank_)) {
      return absl::InternalError(absl::StrCat("rank ", call.rank, " inlines ", call.inlined.size(),
                                              " bytes, which is not what it sends"));
    }
  }
  for (const auto& [index, node] : nodes_) {
    if (node.sum.size() != shapes[0].value_count) {
      return absl::InternalError(absl::StrCat("node ", index, " sums ", node.sum.size(),
                                              " values, its ranks ", shapes[0].value_count));
    }
  }
  return absl::OkStatus();
}

void WorldCoordinator::GoAheadEverywhere() {
  std::vector<std::int64_t> sum(calls_[0].shape.value_count);
  for (const auto& [index, node] : nodes_) AddWrapping(node.sum, sum);
  for (const auto& [index, node] : nodes_) {
    GoAhead go{.collective = collective_, .tag = tag_, .sum = sum};
    for (const RankCall& call : calls_) {
      if (!call.is_inlined || node_of_rank_[call.rank] == index) continue;
      std::vector<std::byte> cut = CutForNode(call, index, node_of_rank_);
      if (!cut.empty()) go.inlined.push_back({.sender = call.rank, .bytes = std::move(cut)});
    }
    outbox_.push_back({.node = index, .message = std::move(go)});
  }
}

void WorldCoordinator::Poison(const absl::Status& cause) {
  if (!poison_.ok()) return;
  poison_ = cause;
  for (const auto& [index, node] : nodes_) {
    if (node.is_open && !node.has_left) {
      outbox_.push_back({.node = index, .message = PoisonWorld{cause}});
    }
  }
}

void WorldCoordinator::PoisonAsMalformed(int node, const std::string& what) {
  Poison(absl::InternalError(absl::StrCat("node ", node, " ", what)));
}

}  // namespace zerod
