#include "comm/inproc/collective_call.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace zerod {
namespace {

absl::Status Differ(int rank, absl::string_view what, std::size_t value, std::size_t rank0_value) {
  return absl::InternalError(
      absl::StrCat("rank ", rank, "'s ", what, " is ", value, ", rank 0's is ", rank0_value));
}

absl::Status CheckAgainstRank0(std::span<const CollectiveCall> calls, int rank) {
  const CollectiveCall& first = calls[0];
  const CollectiveCall& call = calls[rank];
  if (call.kind != first.kind) {
    return absl::InternalError(absl::StrCat("rank ", rank, " is in ", CollectiveKindName(call.kind),
                                            ", rank 0 in ", CollectiveKindName(first.kind)));
  }
  if (call.values.size() != first.values.size()) {
    return Differ(rank, "number of values", call.values.size(), first.values.size());
  }
  if (call.root != first.root) return Differ(rank, "root", call.root, first.root);
  if (call.kind == CollectiveKind::kBroadcast &&
      call.contribution.size() != first.contribution.size()) {
    return Differ(rank, "size in bytes", call.contribution.size(), first.contribution.size());
  }
  if (!std::ranges::equal(call.receivers, first.receivers)) {
    return absl::InternalError(
        absl::StrCat("rank ", rank, "'s list of receivers differs from rank 0's"));
  }
  return absl::OkStatus();
}

bool Receives(const CollectiveCall& call, int rank) {
  return call.kind == CollectiveKind::kAllToAllV ||
         (call.kind == CollectiveKind::kAllGatherV &&
          std::ranges::binary_search(call.receivers, rank));
}

absl::Status CheckEntries(const CollectiveCall& call, int rank, std::size_t world_size) {
  const std::size_t expected = Receives(call, rank) ? world_size : 0;
  if (call.receive.size() != expected) {
    return absl::InternalError(absl::StrCat("rank ", rank, " gives ", call.receive.size(),
                                            " receive entries instead of ", expected));
  }
  if (call.kind == CollectiveKind::kAllToAllV && call.send.size() != world_size) {
    return absl::InternalError(absl::StrCat("rank ", rank, " gives ", call.send.size(),
                                            " send entries instead of ", world_size));
  }
  return absl::OkStatus();
}

}  // namespace

absl::string_view CollectiveKindName(CollectiveKind kind) {
  switch (kind) {
    case CollectiveKind::kAllToAllV:
      return "AllToAllV";
    case CollectiveKind::kAllGatherV:
      return "AllGatherV";
    case CollectiveKind::kAllReduceSum:
      return "AllReduceSum";
    case CollectiveKind::kBroadcast:
      return "Broadcast";
    case CollectiveKind::kBarrier:
      return "Barrier";
  }
  return "unknown collective";
}

ConstBytes SentTo(std::span<const CollectiveCall> calls, int sender, int receiver) {
  const CollectiveCall& call = calls[sender];
  if (call.kind == CollectiveKind::kAllToAllV) return call.send[receiver];
  return Receives(call, receiver) ? call.contribution : ConstBytes{};
}

absl::Status CheckCollective(std::span<const CollectiveCall> calls) {
  const int world_size = static_cast<int>(calls.size());
  for (int rank = 0; rank < world_size; ++rank) {
    ZEROD_RETURN_IF_ERROR(CheckAgainstRank0(calls, rank));
    ZEROD_RETURN_IF_ERROR(CheckEntries(calls[rank], rank, calls.size()));
  }
  for (int receiver = 0; receiver < world_size; ++receiver) {
    for (std::size_t sender = 0; sender < calls[receiver].receive.size(); ++sender) {
      const std::size_t sent = SentTo(calls, static_cast<int>(sender), receiver).size();
      const std::size_t expected = calls[receiver].receive[sender].size();
      if (sent != expected) {
        return absl::InternalError(absl::StrCat("rank ", sender, " sends ", sent, " bytes to rank ",
                                                receiver, ", which expects ", expected));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace zerod
