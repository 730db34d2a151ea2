#ifndef ZEROD_IPC_LOCAL_ADDRESS_H_
#define ZEROD_IPC_LOCAL_ADDRESS_H_

#include <sys/un.h>

#include <string>

#include "absl/status/statusor.h"
#include "ipc/file_descriptor.h"

namespace zerod {

// kInvalidArgument: `path` is empty, too long for a socket (the limit is named) or no file's name.
absl::StatusOr<sockaddr_un> LocalAddress(const std::string& path);

// A new SEQPACKET socket that doesn't block.
absl::StatusOr<FileDescriptor> NewLocalSocket();

// connect(2); 0, or the errno it failed with. EAGAIN: the listener's queue is full.
int ConnectTo(const FileDescriptor& socket, const sockaddr_un& address);

}  // namespace zerod

#endif  // ZEROD_IPC_LOCAL_ADDRESS_H_
