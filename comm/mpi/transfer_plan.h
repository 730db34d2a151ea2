#ifndef ZEROD_COMM_MPI_TRANSFER_PLAN_H_
#define ZEROD_COMM_MPI_TRANSFER_PLAN_H_

#include <cstddef>
#include <span>
#include <vector>

#include "comm/collective_call.h"

namespace zerod {

// One message between this node and another, straight out of or into the memory of a rank.
struct Transfer {
  int node = 0;  // the other one
  int tag = 0;
  ConstBytes send;  // one of the two is empty
  Bytes receive;
};

// This node's side of a collective that may go ahead.
struct TransferRequest {
  std::span<const int> node_of_rank;
  int node = 0;
  std::span<const int> ranks;             // of this node, ascending
  std::span<const CollectiveCall> calls;  // of those ranks
  std::vector<bool> is_inlined;           // per rank of the world: its bytes do not move again
  int tag = 0;
  std::size_t chunk_bytes = 0;  // the largest message; the same on all nodes
};

// The messages that move what was not inlined. Two nodes list what moves from one to the other in
// the same order, by sender, receiver and offset: MPI matches messages with one tag in order.
std::vector<Transfer> PlanTransfers(const TransferRequest& request);

}  // namespace zerod

#endif  // ZEROD_COMM_MPI_TRANSFER_PLAN_H_
