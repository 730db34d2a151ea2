#ifndef ZEROD_COMM_INPROC_COLLECTIVE_CALL_H_
#define ZEROD_COMM_INPROC_COLLECTIVE_CALL_H_

#include <cstdint>
#include <span>

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
  std::span<const ConstBytes> send;      // kAllToAllV: one per rank
  ConstBytes contribution;               // kAllGatherV, kBroadcast
  std::span<const Bytes> receive;        // kAllToAllV, kAllGatherV: one per rank, or none
  std::span<const int> receivers;        // kAllGatherV
  std::span<const std::int64_t> values;  // kAllReduceSum
  int root = 0;                          // kBroadcast
};

// What `sender` hands to `receiver`.
ConstBytes SentTo(std::span<const CollectiveCall> calls, int sender, int receiver);

// kInternal names the first two ranks whose calls don't fit together, and what each said.
absl::Status CheckCollective(std::span<const CollectiveCall> calls);

}  // namespace zerod

#endif  // ZEROD_COMM_INPROC_COLLECTIVE_CALL_H_
