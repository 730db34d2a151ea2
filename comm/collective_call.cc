#include "comm/collective_call.h"

#include <algorithm>
#include <cstring>

namespace zerod {
namespace {

template <typename Buffers>
std::vector<std::uint64_t> SizesOf(const Buffers& buffers) {
  std::vector<std::uint64_t> sizes;
  sizes.reserve(buffers.size());
  for (const auto& buffer : buffers) sizes.push_back(buffer.size());
  return sizes;
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

CallShape ShapeOf(const CollectiveCall& call) {
  return {.kind = call.kind,
          .send_bytes = SizesOf(call.send),
          .receive_bytes = SizesOf(call.receive),
          .receivers = {call.receivers.begin(), call.receivers.end()},
          .contribution_bytes = call.kind == CollectiveKind::kBroadcast ? call.broadcast.size()
                                                                        : call.contribution.size(),
          .value_count = call.values.size(),
          .root = call.root};
}

ConstBytes SentTo(const CollectiveCall& call, int sender, int receiver) {
  switch (call.kind) {
    case CollectiveKind::kAllToAllV:
      return call.send[receiver];
    case CollectiveKind::kAllGatherV:
      return std::ranges::binary_search(call.receivers, receiver) ? call.contribution
                                                                  : ConstBytes{};
    case CollectiveKind::kBroadcast:
      return sender == call.root && receiver != call.root ? call.broadcast : ConstBytes{};
    case CollectiveKind::kAllReduceSum:
    case CollectiveKind::kBarrier:
      break;
  }
  return {};
}

std::uint64_t SentBytes(const CallShape& shape, int sender, int receiver) {
  switch (shape.kind) {
    case CollectiveKind::kAllToAllV:
      return shape.send_bytes[receiver];
    case CollectiveKind::kAllGatherV:
      return std::ranges::binary_search(shape.receivers, receiver) ? shape.contribution_bytes : 0;
    case CollectiveKind::kBroadcast:
      return sender == shape.root && receiver != shape.root ? shape.contribution_bytes : 0;
    case CollectiveKind::kAllReduceSum:
    case CollectiveKind::kBarrier:
      break;
  }
  return 0;
}

Bytes ReceivedFrom(const CollectiveCall& call, int receiver, int sender) {
  if (call.kind == CollectiveKind::kBroadcast) {
    return sender == call.root && receiver != call.root ? call.broadcast : Bytes{};
  }
  return call.receive.empty() ? Bytes{} : call.receive[sender];
}

void CopyFromTo(const CollectiveCall& sender_call, int sender, const CollectiveCall& receiver_call,
                int receiver) {
  const ConstBytes source = SentTo(sender_call, sender, receiver);
  const Bytes target = ReceivedFrom(receiver_call, receiver, sender);
  if (!target.empty() && source.data() != target.data()) {
    std::memcpy(target.data(), source.data(), target.size());
  }
}

void AddWrapping(std::span<const std::int64_t> values, std::span<std::int64_t> sum) {
  for (std::size_t i = 0; i < sum.size(); ++i) {
    sum[i] = static_cast<std::int64_t>(static_cast<std::uint64_t>(sum[i]) +
                                       static_cast<std::uint64_t>(values[i]));
  }
}

Traffic TrafficOf(const CollectiveCall& call, int rank, int world_size) {
  Traffic traffic;
  for (int peer = 0; peer < world_size; ++peer) {
    if (peer == rank) continue;
    traffic.sent_bytes += SentTo(call, rank, peer).size() + call.values.size_bytes();
    traffic.received_bytes += ReceivedFrom(call, rank, peer).size() + call.values.size_bytes();
  }
  return traffic;
}

}  // namespace zerod
