#include "comm/mpi/node_meeting.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/check.h"
#include "base/status_macros.h"
#include "base/timed_wait.h"
#include "comm/mpi/inlining.h"

namespace zerod {
namespace {

// A rank whose neighbours on the node let it wait so long tells the coordinator that it, at least,
// is there: whoever runs into the deadline then blames the right ranks.
constexpr absl::Duration kReportAfter = absl::Seconds(1);

absl::Time ReportTime(absl::Time deadline) {
  const absl::Time now = absl::Now();
  return now + std::min(kReportAfter, (deadline - now) / 2);
}

}  // namespace

NodeMeeting::NodeMeeting(NodeMeetingOptions options, std::unique_ptr<WorldLink> link)
    : Meeting(options.on_poison),
      options_(std::move(options)),
      ranks_(RanksOfNode(options_.node_of_rank, options_.node)),
      link_(std::move(link)),
      calls_(ranks_.size()),
      has_arrived_(ranks_.size()),
      is_inlined_(options_.node_of_rank.size()) {
  ZEROD_CHECK(!ranks_.empty());
}

NodeMeeting::~NodeMeeting() { link_->ToCoordinator(LeaveWorld{}); }

void NodeMeeting::Open() { link_->ToCoordinator(OpenWorld{.node_of_rank = options_.node_of_rank}); }

bool NodeMeeting::Lives(int rank) const { return std::ranges::binary_search(ranks_, rank); }

std::size_t NodeMeeting::IndexOf(int rank) const {
  return static_cast<std::size_t>(std::ranges::lower_bound(ranks_, rank) - ranks_.begin());
}

absl::Status NodeMeeting::Meet(int rank, const CollectiveCall& call, absl::Time deadline) {
  if (call.values.size_bytes() > options_.max_message_bytes / 2) {
    Abort(absl::InvalidArgumentError(absl::StrCat("rank ", rank, " sums ", call.values.size(),
                                                  " values, more than fit into one message")));
    return AwaitPoison();
  }
  Lock lock(mutex_);
  if (!poison_.ok()) return poison_;
  calls_[IndexOf(rank)] = call;
  has_arrived_[IndexOf(rank)] = true;
  ++arrived_count_;
  ZEROD_RETURN_IF_ERROR(PassFirstGate(call.kind, lock, deadline));

  lock.unlock();
  for (std::size_t i = 0; i < ranks_.size(); ++i) CopyFromTo(calls_[i], ranks_[i], call, rank);
  lock.lock();

  return PassSecondGate(lock);
}

absl::Status NodeMeeting::PassFirstGate(CollectiveKind kind, Lock& lock, absl::Time deadline) {
  const std::uint64_t collective = go_ahead_count_;
  const auto decided = [&] { return go_ahead_count_ != collective || !poison_.ok(); };
  if (arrived_count_ == ranks_.size()) {
    Tell(MakeJoin(), lock);
  } else if (has_reported_) {
    Tell(MakeReport(kind, /*is_deadline=*/false), lock);
  }
  if (!WaitUntil(changed_, lock, ReportTime(deadline), decided) && arrived_count_ < ranks_.size()) {
    has_reported_ = true;
    Tell(MakeReport(kind, /*is_deadline=*/false), lock);
  }
  if (!WaitUntil(changed_, lock, deadline, decided)) {
    Tell(MakeReport(kind, /*is_deadline=*/true), lock);
  }
  changed_.wait(lock, decided);
  return go_ahead_count_ != collective ? absl::OkStatus() : poison_;
}

absl::Status NodeMeeting::PassSecondGate(Lock& lock) {
  const std::uint64_t collective = finished_count_;
  ++copied_count_;
  OpenSecondGateIfDone();
  changed_.wait(lock, [&] { return finished_count_ != collective; });
  return moved_;
}

void NodeMeeting::Tell(const WorldMessage& message, Lock& lock) {
  lock.unlock();
  link_->ToCoordinator(message);
  lock.lock();
}

JoinCollective NodeMeeting::MakeJoin() {
  JoinCollective join{.collective = go_ahead_count_};
  bool can_sum = true;
  for (std::size_t i = 0; i < ranks_.size(); ++i) {
    const CollectiveCall& call = calls_[i];
    RankCall& joined = join.calls.emplace_back();
    joined.rank = ranks_[i];
    joined.shape = ShapeOf(call);
    // What does not fit together is not worth moving; the coordinator finds out.
    const bool has_all_entries =
        call.kind != CollectiveKind::kAllToAllV || call.send.size() == options_.node_of_rank.size();
    joined.is_inlined =
        has_all_entries &&
        InlinedSize(joined.shape, joined.rank, options_.node_of_rank) <= options_.inline_bytes;
    if (joined.is_inlined) joined.inlined = Inline(call, joined.rank, options_.node_of_rank);
    is_inlined_[joined.rank] = joined.is_inlined;
    can_sum = can_sum && call.values.size() == calls_[0].values.size();
  }
  if (can_sum) {
    join.sum.resize(calls_[0].values.size());
    for (const CollectiveCall& call : calls_) AddWrapping(call.values, join.sum);
  }
  return join;
}

ReportArrivals NodeMeeting::MakeReport(CollectiveKind kind, bool is_deadline) const {
  ReportArrivals report{.collective = go_ahead_count_, .kind = kind, .is_deadline = is_deadline};
  for (std::size_t i = 0; i < ranks_.size(); ++i) {
    if (has_arrived_[i]) report.arrived.push_back(ranks_[i]);
  }
  return report;
}

}  // namespace zerod
