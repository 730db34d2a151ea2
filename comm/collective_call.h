#ifndef ZEROD_COMM_COLLECTIVE_CALL_H_
#define ZEROD_COMM_COLLECTIVE_CALL_H_

#include <cstdint>
#include <span>
#include <vector>

#include "absl/strings/string_view.h"
#include "comm/communicator.h"

namespace zerod {

enum class CollectiveKind : std::uint8_t {
  kAllToAllV,
  kAllGatherV,
  kAllReduceSum,
  kBroadcast,
  kBarrier
};

absl::string_view CollectiveKindName(CollectiveKind kind);

// What one rank brings to a collective; views of the caller's memory, valid until the call returns.
struct CollectiveCall {
  CollectiveKind kind = CollectiveKind::kBarrier;
  std::span<const ConstBytes> send;  // kAllToAllV: one per rank
  ConstBytes contribution;           // kAllGatherV
  std::span<const Bytes> receive;    // kAllToAllV, kAllGatherV: one per rank, or none
  std::span<const int> receivers;    // kAllGatherV
  std::span<std::int64_t> values;    // kAllReduceSum, in place
  Bytes broadcast;                   // kBroadcast, in place
  int root = 0;                      // kBroadcast
};

// What can be compared of a call, and sent to where it is compared.
struct CallShape {
  CollectiveKind kind = CollectiveKind::kBarrier;
  std::vector<std::uint64_t> send_bytes;
  std::vector<std::uint64_t> receive_bytes;
  std::vector<int> receivers;
  std::uint64_t contribution_bytes = 0;  // kAllGatherV, kBroadcast
  std::uint64_t value_count = 0;
  int root = 0;
};

CallShape ShapeOf(const CollectiveCall& call);

// What `sender`, whose call this is, hands to `receiver`; empty where nothing moves. The sums of
// kAllReduceSum move differently.
ConstBytes SentTo(const CollectiveCall& call, int sender, int receiver);
std::uint64_t SentBytes(const CallShape& shape, int sender, int receiver);
// Where `receiver`, whose call this is, wants what `sender` hands to it.
Bytes ReceivedFrom(const CollectiveCall& call, int receiver, int sender);

// Copies what `sender` hands to `receiver`, unless it is there already.
void CopyFromTo(const CollectiveCall& sender_call, int sender, const CollectiveCall& receiver_call,
                int receiver);

// sum[i] += values[i], which wraps on overflow.
void AddWrapping(std::span<const std::int64_t> values, std::span<std::int64_t> sum);

// What `rank`, whose call this is, moves in all.
Traffic TrafficOf(const CollectiveCall& call, int rank, int world_size);

}  // namespace zerod

#endif  // ZEROD_COMM_COLLECTIVE_CALL_H_
