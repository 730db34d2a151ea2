#include "comm/collective_check.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace zerod {
namespace {

template <typename Value>
absl::Status Differ(int rank, absl::string_view what, Value value, Value rank0_value) {
  return absl::InternalError(
      absl::StrCat("rank ", rank, "'s ", what, " is ", value, ", rank 0's is ", rank0_value));
}

absl::Status CheckAgainstRank0(std::span<const CallShape> shapes, int rank) {
  const CallShape& first = shapes[0];
  const CallShape& shape = shapes[rank];
  if (shape.kind != first.kind) {
    return absl::InternalError(absl::StrCat("rank ", rank, " is in ",
                                            CollectiveKindName(shape.kind), ", rank 0 in ",
                                            CollectiveKindName(first.kind)));
  }
  if (shape.value_count != first.value_count) {
    return Differ(rank, "number of values", shape.value_count, first.value_count);
  }
  if (shape.root != first.root) return Differ(rank, "root", shape.root, first.root);
  if (shape.kind == CollectiveKind::kBroadcast &&
      shape.contribution_bytes != first.contribution_bytes) {
    return Differ(rank, "size in bytes", shape.contribution_bytes, first.contribution_bytes);
  }
  if (shape.receivers != first.receivers) {
    return absl::InternalError(
        absl::StrCat("rank ", rank, "'s list of receivers differs from rank 0's"));
  }
  return absl::OkStatus();
}

absl::Status CheckEntries(const CallShape& shape, int rank, std::size_t world_size) {
  const bool receives = shape.kind == CollectiveKind::kAllToAllV ||
                        (shape.kind == CollectiveKind::kAllGatherV &&
                         std::ranges::binary_search(shape.receivers, rank));
  const std::size_t expected = receives ? world_size : 0;
  if (shape.receive_bytes.size() != expected) {
    return absl::InternalError(absl::StrCat("rank ", rank, " gives ", shape.receive_bytes.size(),
                                            " receive entries instead of ", expected));
  }
  if (shape.kind == CollectiveKind::kAllToAllV && shape.send_bytes.size() != world_size) {
    return absl::InternalError(absl::StrCat("rank ", rank, " gives ", shape.send_bytes.size(),
                                            " send entries instead of ", world_size));
  }
  if (shape.root < 0 || static_cast<std::size_t>(shape.root) >= world_size) {
    return absl::InternalError(absl::StrCat("rank ", rank, "'s root is ", shape.root,
                                            ", but there are ", world_size, " ranks"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckCollective(std::span<const CallShape> shapes) {
  const int world_size = static_cast<int>(shapes.size());
  for (int rank = 0; rank < world_size; ++rank) {
    ZEROD_RETURN_IF_ERROR(CheckAgainstRank0(shapes, rank));
    ZEROD_RETURN_IF_ERROR(CheckEntries(shapes[rank], rank, shapes.size()));
  }
  for (int receiver = 0; receiver < world_size; ++receiver) {
    for (std::size_t sender = 0; sender < shapes[receiver].receive_bytes.size(); ++sender) {
      const std::uint64_t sent = SentBytes(shapes[sender], static_cast<int>(sender), receiver);
      const std::uint64_t expected = shapes[receiver].receive_bytes[sender];
      if (sent != expected) {
        return absl::InternalError(absl::StrCat("rank ", sender, " sends ", sent, " bytes to rank ",
                                                receiver, ", which expects ", expected));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace zerod
