#ifndef ZEROD_IPC_PACKET_H_
#define ZEROD_IPC_PACKET_H_

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "ipc/file_descriptor.h"

namespace zerod {

// Packets over a local SEQPACKET socket. Neither call ever blocks.

// At most kMaxDescriptors descriptors go along. kUnavailable: the other side is gone, or does not
// read; kResourceExhausted: the system has no room.
absl::Status SendPacket(const FileDescriptor& socket, std::span<const std::byte> bytes,
                        std::span<const int> descriptors);

struct Packet {
  std::vector<std::byte> bytes;
  std::vector<FileDescriptor> descriptors;
  bool descriptors_cut_off = false;  // there were more descriptors, which nobody holds now
};
// The first `max_bytes` of it; nothing when none has come yet; kUnavailable when the other side is
// gone. Takes no descriptors in but those it was asked for, `max_descriptors` up to
// kMaxDescriptors.
absl::StatusOr<std::optional<Packet>> ReceivePacket(const FileDescriptor& socket,
                                                    std::size_t max_bytes,
                                                    std::size_t max_descriptors);

}  // namespace zerod

#endif  // ZEROD_IPC_PACKET_H_
