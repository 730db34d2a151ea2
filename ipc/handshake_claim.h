#ifndef ZEROD_IPC_HANDSHAKE_CLAIM_H_
#define ZEROD_IPC_HANDSHAKE_CLAIM_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ipc/handshake.h"

namespace zerod {

// ClaimDescriptors from the connected `socket` on; `path` is for its messages. `deadline` is on the
// clock of steady_deadline.h.
absl::StatusOr<Claim> ClaimOver(FileDescriptor socket, const std::string& path,
                                const Ticket& ticket, absl::Duration deadline);

}  // namespace zerod

#endif  // ZEROD_IPC_HANDSHAKE_CLAIM_H_
