// RankWorker: agreement, the global norm and the decision.
#include <algorithm>
#include <utility>

#include "base/status_macros.h"
#include "base/stopwatch.h"
#include "engine/rank_worker.h"
#include "engine/record_exchange.h"

namespace zerod {
namespace {

constexpr int kCoordinator = 0;

}  // namespace

absl::Status RankWorker::Commit(Communicator& comm) {
  ZEROD_RETURN_IF_ERROR(ExchangeCommits(comm));
  Stopwatch stopwatch(phases_.commit);
  ZEROD_RETURN_IF_ERROR(MergeNorm(comm));
  // Every rank could compute the decision from what it now knows; one does, because libm differs
  // between hosts.
  std::vector<std::byte> bytes(DecisionBytes(layout()));
  if (comm.rank() == kCoordinator) {
    bytes = EncodeDecision(
        Decide(layout(), open_step(), attempt_, agreed_commit_, norm_, update_counts_));
  }
  ZEROD_RETURN_IF_ERROR(comm.Broadcast(kCoordinator, bytes, PeerDeadline()));
  ZEROD_ASSIGN_OR_RETURN(Decision decision, DecodeDecision(layout(), bytes));
  Adopt(std::move(decision));
  return absl::OkStatus();
}

absl::Status RankWorker::ExchangeCommits(Communicator& comm) {
  std::vector<std::byte> own;
  if (contributes()) {
    Stopwatch stopwatch(phases_.wait);
    ZEROD_ASSIGN_OR_RETURN(TrainerCommit commit, options_.port->WaitCommit(Deadline()));
    const StepRequest& request = commit.request;
    own =
        EncodeCommit({.step = open_step(),
                      .max_grad_norm = request.max_grad_norm,
                      .hyperparameters = request.hyperparameters.empty() ? hyperparameters_
                                                                         : request.hyperparameters,
                      .absent = std::move(commit.absent)});
  }
  Stopwatch stopwatch(phases_.commit);
  const std::size_t record_bytes =
      EncodeCommit({.hyperparameters = hyperparameters_,
                    .absent = std::vector<std::uint8_t>(layout().table.parameters().size())})
          .size();
  std::vector<std::vector<std::byte>> received(static_cast<std::size_t>(comm.world_size()));
  std::vector<Bytes> receive;
  for (int rank = 0; rank < comm.world_size(); ++rank) {
    if (layout().IsContributor(rank)) received[rank].resize(record_bytes);
    receive.emplace_back(received[rank]);
  }
  ZEROD_RETURN_IF_ERROR(comm.AllGatherV(own, receive, AllRanks(comm), PeerDeadline()));
  std::vector<CommitRecord> records;
  for (int contributor : layout().world.contributors) {
    ZEROD_ASSIGN_OR_RETURN(CommitRecord record, DecodeCommit(layout(), received[contributor]));
    records.push_back(std::move(record));
  }
  ZEROD_ASSIGN_OR_RETURN(agreed_commit_, AgreeOnCommit(layout(), records));
  return absl::OkStatus();
}

// Integer sums: exact, so the same for every number of shards.
absl::Status RankWorker::MergeNorm(Communicator& comm) {
  const std::span<std::int64_t, ExactSum::kBinCount> bins = norm_.sum_of_squares.bins();
  std::vector<std::int64_t> values(bins.begin(), bins.end());
  values.push_back(static_cast<std::int64_t>(norm_.nonfinite_count));
  values.push_back(static_cast<std::int64_t>(norm_.overflowed_lines));
  ZEROD_RETURN_IF_ERROR(comm.AllReduceSum(values, PeerDeadline()));
  std::copy_n(values.begin(), bins.size(), bins.begin());
  norm_.nonfinite_count = static_cast<std::uint64_t>(values[bins.size()]);
  norm_.overflowed_lines = static_cast<std::uint64_t>(values[bins.size() + 1]);
  return absl::OkStatus();
}

void RankWorker::Adopt(Decision decision) {
  is_finishing_ = true;
  has_reduced_ = false;
  updated_buckets_ = 0;
  gathered_buckets_ = 0;
  std::ranges::fill(gathered_before_, 0);
  std::ranges::fill(tallies_, GroupTally{});
  hyperparameters_ = agreed_commit_.hyperparameters;
  if (decision.result.outcome == StepOutcome::kUpdated) {
    for (std::uint64_t& count : update_counts_) ++count;
  }
  if (contributes()) options_.port->PublishDecision(decision.result);
  decision_ = std::move(decision);
}

}  // namespace zerod
