#ifndef ZEROD_IPC_HANDSHAKE_LIMITS_H_
#define ZEROD_IPC_HANDSHAKE_LIMITS_H_

#include <cstddef>

#include "ipc/handshake.h"

namespace zerod {

// Sizes of the packets that docs/handshake.md describes. Who receives makes room for one byte
// more than the largest, so that what is too long is not taken for what is right.
inline constexpr std::size_t kRequestBytes = 8 + 4 + kTicketBytes;
inline constexpr std::size_t kReplyHeaderBytes = 8 + 4 * 4;
inline constexpr std::size_t kMaxReplyMessageBytes = 1024;
inline constexpr std::size_t kMaxReplyBytes = kReplyHeaderBytes + kMaxReplyMessageBytes;

}  // namespace zerod

#endif  // ZEROD_IPC_HANDSHAKE_LIMITS_H_
