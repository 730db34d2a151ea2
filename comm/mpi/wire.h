#ifndef ZEROD_COMM_MPI_WIRE_H_
#define ZEROD_COMM_MPI_WIRE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "comm/mpi/world_message.h"

// World messages as bytes, little-endian and without padding:
//
//   u8 version, u8 kind (the index in WorldMessage), u64 job, u64 formation, then the fields of the
//   message in the order in which world_message.h declares them: numbers as u8 (bool, kinds), i32
//   (rank, node, tag, root) or u64 (counts, sizes); lists and byte strings as a u64 count and their
//   elements; a status as i32 code and its text. A CallShape is kind, root, value_count,
//   contribution_bytes, receivers, send_bytes, receive_bytes.
//
// Nodes of a cluster run the same program, so there is one version at a time.
namespace zerod {

inline constexpr std::uint8_t kWireVersion = 1;

using WorldMessage = std::variant<OpenWorld, JoinCollective, ReportArrivals, AbortWorld, LeaveWorld,
                                  GoAhead, PoisonWorld, WorldClosed>;

struct AddressedMessage {
  WorldKey world;
  WorldMessage message;
};

std::vector<std::byte> EncodeWorldMessage(const WorldKey& world, const WorldMessage& message);
// kInternal: the bytes are no message of this version. Reads within `bytes` only.
absl::StatusOr<AddressedMessage> DecodeWorldMessage(std::span<const std::byte> bytes);

}  // namespace zerod

#endif  // ZEROD_COMM_MPI_WIRE_H_
