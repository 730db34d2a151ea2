#include "comm/mpi/transfer_plan.h"

#include <algorithm>

namespace zerod {

std::vector<Transfer> PlanTransfers(const TransferRequest& request) {
  std::vector<Transfer> transfers;
  const int world_size = static_cast<int>(request.node_of_rank.size());
  const auto append = [&](int peer, ConstBytes send, Bytes receive) {
    const std::size_t total = std::max(send.size(), receive.size());
    for (std::size_t offset = 0; offset < total; offset += request.chunk_bytes) {
      const std::size_t length = std::min(request.chunk_bytes, total - offset);
      transfers.push_back({.node = request.node_of_rank[peer],
                           .tag = request.tag,
                           .send = send.empty() ? send : send.subspan(offset, length),
                           .receive = receive.empty() ? receive : receive.subspan(offset, length)});
    }
  };
  // Receives come first, so that they are posted when the messages arrive.
  for (int sender = 0; sender < world_size; ++sender) {
    if (request.node_of_rank[sender] == request.node || request.is_inlined[sender]) continue;
    for (std::size_t i = 0; i < request.ranks.size(); ++i) {
      append(sender, {}, ReceivedFrom(request.calls[i], request.ranks[i], sender));
    }
  }
  for (std::size_t i = 0; i < request.ranks.size(); ++i) {
    if (request.is_inlined[request.ranks[i]]) continue;
    for (int receiver = 0; receiver < world_size; ++receiver) {
      if (request.node_of_rank[receiver] == request.node) continue;
      append(receiver, SentTo(request.calls[i], request.ranks[i], receiver), {});
    }
  }
  return transfers;
}

}  // namespace zerod
