#ifndef ZEROD_COMM_MPI_INLINING_H_
#define ZEROD_COMM_MPI_INLINING_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "comm/collective_call.h"
#include "comm/mpi/world_message.h"

// Small collectives move their bytes within the messages that agree on them, in the layout that
// world_message.h gives. Pure functions; `node_of_rank` describes the world.
namespace zerod {

// The ranks of `node`, ascending.
std::vector<int> RanksOfNode(std::span<const int> node_of_rank, int node);

// How many bytes `sender` has to inline so that all other nodes get theirs. The shape is checked,
// as for all below.
std::uint64_t InlinedSize(const CallShape& shape, int sender, std::span<const int> node_of_rank);

// Those bytes.
std::vector<std::byte> Inline(const CollectiveCall& call, int sender,
                              std::span<const int> node_of_rank);

// What of the call's inlined bytes `node`, which is not the sender's, has to get. The shape fits
// the bytes: there are InlinedSize() of them.
std::vector<std::byte> CutForNode(const RankCall& call, int node,
                                  std::span<const int> node_of_rank);

// Copies what came inlined to where the ranks of this node want it; calls[i] is that of ranks[i].
// False, and nothing beyond the bytes was read: they are fewer or more than those ranks expect.
[[nodiscard]] bool Scatter(const InlinedBytes& inlined, std::span<const int> ranks,
                           std::span<const CollectiveCall> calls);

}  // namespace zerod

#endif  // ZEROD_COMM_MPI_INLINING_H_
