#include "comm/mpi/inlining.h"

#include <algorithm>
#include <cstring>

namespace zerod {

std::vector<int> RanksOfNode(std::span<const int> node_of_rank, int node) {
  std::vector<int> ranks;
  for (std::size_t rank = 0; rank < node_of_rank.size(); ++rank) {
    if (node_of_rank[rank] == node) ranks.push_back(static_cast<int>(rank));
  }
  return ranks;
}

std::uint64_t InlinedSize(const CallShape& shape, int sender, std::span<const int> node_of_rank) {
  std::uint64_t all = 0, largest = 0;
  for (std::size_t receiver = 0; receiver < node_of_rank.size(); ++receiver) {
    if (node_of_rank[receiver] == node_of_rank[sender]) continue;
    const std::uint64_t size = SentBytes(shape, sender, static_cast<int>(receiver));
    all += size;
    largest = std::max(largest, size);
  }
  return shape.kind == CollectiveKind::kAllToAllV ? all : largest;
}

std::vector<std::byte> Inline(const CollectiveCall& call, int sender,
                              std::span<const int> node_of_rank) {
  std::vector<std::byte> bytes;
  for (std::size_t receiver = 0; receiver < node_of_rank.size(); ++receiver) {
    if (node_of_rank[receiver] == node_of_rank[sender]) continue;
    const ConstBytes sent = SentTo(call, sender, static_cast<int>(receiver));
    if (sent.empty()) continue;
    bytes.insert(bytes.end(), sent.begin(), sent.end());
    if (call.kind != CollectiveKind::kAllToAllV) break;
  }
  return bytes;
}

std::vector<std::byte> CutForNode(const RankCall& call, int node,
                                  std::span<const int> node_of_rank) {
  std::vector<std::byte> cut;
  auto next = call.inlined.begin();
  for (std::size_t receiver = 0; receiver < node_of_rank.size(); ++receiver) {
    if (node_of_rank[receiver] == node_of_rank[call.rank]) continue;
    const auto size =
        static_cast<std::ptrdiff_t>(SentBytes(call.shape, call.rank, static_cast<int>(receiver)));
    if (node_of_rank[receiver] == node) {
      if (call.shape.kind != CollectiveKind::kAllToAllV && size > 0) return call.inlined;
      cut.insert(cut.end(), next, next + size);
    }
    if (call.shape.kind == CollectiveKind::kAllToAllV) next += size;
  }
  return cut;
}

bool Scatter(const InlinedBytes& inlined, std::span<const int> ranks,
             std::span<const CollectiveCall> calls) {
  std::size_t offset = 0, used = 0;
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    const Bytes target = ReceivedFrom(calls[i], ranks[i], inlined.sender);
    if (target.size() > inlined.bytes.size() - offset) return false;
    if (target.empty()) continue;
    std::memcpy(target.data(), inlined.bytes.data() + offset, target.size());
    used = offset + target.size();
    if (calls[i].kind == CollectiveKind::kAllToAllV) offset = used;
  }
  return used == inlined.bytes.size();
}

}  // namespace zerod
